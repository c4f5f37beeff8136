import assert from 'node:assert/strict';
import test from 'node:test';
import { backoff } from './backoff.js';
import { singleFlight } from './single-flight.js';

test('waits double, jitter, and never pass a minute', () => {
  assert.equal(backoff(1, 1), 1000);
  assert.equal(backoff(1, 0), 500);
  assert.equal(backoff(3, 1), 4000);
  assert.equal(backoff(50, 1), 60_000);
  assert.equal(backoff(5000, 1), 60_000);
});

test('who asks during a run gets one that began after they asked', async () => {
  let begun = 0;
  /** @type {(() => void)[]} */
  const ends = [];
  const ask = singleFlight(() => {
    begun += 1;
    return new Promise((resolve) => { ends.push(resolve); });
  });
  const first = ask();
  const [second, third] = [ask(), ask()];
  assert.equal(begun, 1);
  ends[0]();
  await first;
  await Promise.resolve();
  assert.equal(begun, 2);
  ends[1]();
  await Promise.all([second, third]);
  assert.equal(begun, 2);
});

test('a run that fails does not stop the next', async () => {
  let fails = true;
  const ask = singleFlight(async () => { if (fails) throw new Error('no'); });
  const [first, second] = [ask(), ask()];
  await assert.rejects(first);
  await assert.rejects(second);
  fails = false;
  await ask();
});
