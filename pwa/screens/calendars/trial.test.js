// A trial is followed until it has an answer, and its wait is explained.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Offline, Problem } from '../../sync/api.js';
import { runTrial } from './trial.js';

/**
 * Run with a server that gives these answers one after the other, the last one for ever.
 * @param {(Record<string, unknown> | Error)[]} answers
 * @param {number} [looks] after how many pictures nobody looks any more
 */
async function run(answers, looks = Infinity) {
  /** @type {import('./shapes').Trial[]} */
  const shown = [];
  /** @type {unknown[][]} */
  const asked = [];
  let clock = 0;
  let at = 0;
  await runTrial({ kind: 'ical', url: 'https://a.example/x.ics' }, {
    ask: async (...call) => {
      asked.push(call);
      if (call[0] === 'POST') return { id: 'x', state: 'queued' };
      const answer = answers[Math.min(at, answers.length - 1)];
      at += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    show: (trial) => shown.push(trial) < looks,
    wait: async (ms) => { clock += ms; },
    now: () => clock,
  });
  return { shown, asked, states: shown.map(({ state }) => state), clock };
}

const QUEUED = { state: 'queued', code: null, found: null };

test('it is asked for once, followed, and ends with what was found', async () => {
  const { asked, shown, states } = await run([QUEUED, QUEUED, { state: 'succeeded', code: null, found: { read: 3 } }]);
  assert.deepEqual(asked, [
    ['POST', '/api/calendar-trials', { kind: 'ical', url: 'https://a.example/x.ics' }],
    ...Array(3).fill(['GET', '/api/calendar-trials/x']),
  ]);
  assert.deepEqual(states, ['running', 'running', 'running', 'succeeded']);
  assert.deepEqual(shown.at(-1)?.found, { read: 3 });
});

test('or with why not', async () => {
  const { shown } = await run([{ state: 'failed', code: 'truncated', found: { line: 7 } }]);
  assert.deepEqual(shown.at(-1), { kind: 'ical', state: 'failed', code: 'truncated', found: { line: 7 } });
  assert.deepEqual((await run([{ state: 'failed', code: 'timeout', found: null }])).shown.at(-1)?.found, {});
});

test('a long wait is explained, and an endless one ends', async () => {
  const { states, clock } = await run([QUEUED]);
  assert.deepEqual([states[0], states.at(-2), states.at(-1)], ['running', 'slow', 'lost']);
  assert.ok(clock > 60_000 && clock < 180_000);
});

test('asked too often it waits on; other refusals are the caller’s', async () => {
  const { states } = await run([new Problem(429, 'too_many', {}), { state: 'succeeded', found: {} }]);
  assert.deepEqual(states, ['running', 'running', 'succeeded']);
  await assert.rejects(run([new Offline('no answer')]), Offline);
  await assert.rejects(run([new Problem(404, 'not_found', {})]), Problem);
});

test('once nobody looks nothing is asked any more', async () => {
  assert.deepEqual((await run([QUEUED], 1)).asked, []);
  assert.equal((await run([QUEUED], 3)).asked.length, 3);
});
