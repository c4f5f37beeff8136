import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { current, currentHere, setOwn } from './duty.js';

// The cases of models/rules/duty.py; a stretch is source, status, since, until, in hours of one day.
const CASES = JSON.parse(readFileSync(new URL('../../tests/fixtures/duty.json', import.meta.url), 'utf8'));
/** @param {number} hour */
const at = (hour) => Date.parse('2026-11-24T00:00:00Z') + hour * 3_600_000;
/**
 * @param {[import('../types').Source, import('../types').Status, number, number | null]} given
 * @returns {import('../types').Stretch}
 */
const stretch = ([source, status, since, until]) => ({
  source, status, since: new Date(at(since)).toISOString(), until: until === null ? null : new Date(at(until)).toISOString(), set_by: null,
});

for (const { stretches, hour, status } of CASES.current) {
  test(`at ${hour}: ${status}, of ${JSON.stringify(stretches)}`, () => {
    assert.equal(current(stretches.map(stretch), at(hour))?.status ?? null, status);
  });
}

for (const { known, said, kept } of CASES.said) {
  test(`${JSON.stringify(said)} after ${JSON.stringify(known)}`, () => {
    const before = known.map(stretch);
    const after = setOwn(before, stretch(said));
    if (kept === null) assert.equal(after, before);
    else assert.deepEqual(after, kept.map(stretch));
  });
}

test('a clock that is behind does not hide what was just said, nor brings the planning forward', () => {
  const known = [stretch(['own', 'off_duty', 10, null]), stretch(['own', 'available', 8, null]), stretch(['planning', 'first_to_go', 11, 18])];
  assert.equal(currentHere(known, at(9.99))?.status, 'off_duty');
  assert.equal(currentHere(known, at(11))?.status, 'first_to_go');
  assert.equal(currentHere([], at(9))?.status, undefined);
});
