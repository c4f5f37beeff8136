// The steps of a test notification, and which one is said to fail.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Offline, Problem } from '../sync/api.js';
import { browserKind } from './browser-kind.js';
import { runTest } from './push-test.js';

/**
 * Run with a server that says these states one after the other, the last one for ever.
 * @param {string[]} states
 * @param {{allowed?: boolean, subscribed?: () => Promise<boolean>, cause?: string | null, error?: Error, looks?: number}} [more]
 */
async function run(states, { allowed = true, subscribed = async () => true, cause = null, error, looks = Infinity } = {}) {
  /** @type {import('./push-test.js').PushTest[]} */
  const shown = [];
  /** @type {string[]} */
  const asked = [];
  let clock = 0;
  let at = 0;
  await runTest({
    ask: async (method, path) => {
      asked.push(`${method} ${path}`);
      if (error) throw error;
      if (method === 'POST') return { id: 'x' };
      const state = states[Math.min(at, states.length - 1)];
      at += 1;
      return { state, cause };
    },
    refusal: () => (allowed ? null : 'test_help_permission'),
    subscribed,
    show: (now) => shown.push({ ...now }) < looks,
    wait: async (ms) => { clock += ms; },
    now: () => clock,
  });
  return { shown, asked, last: /** @type {import('./push-test.js').PushTest} */ (shown.at(-1)), clock };
}

test('each step shows as it is taken, and the end says nothing is wrong', async () => {
  const { shown, asked, last } = await run(['queued', 'sent', 'received', 'shown']);
  assert.deepEqual(shown.map(({ reached }) => reached), [0, 1, 2, 2, 3, 4, 5]);
  assert.deepEqual([last.running, last.help], [false, null]);
  assert.equal(asked[0], 'POST /api/terminals/this/push-tests');
  assert.equal(asked[1], 'GET /api/terminals/this/push-tests/x');
});

test('a step that was skipped counts as taken', async () => {
  assert.deepEqual((await run(['shown'])).shown.map(({ reached }) => reached), [0, 1, 2, 5]);
});

test('the first step that fails says what to do, and nothing is sent before', async () => {
  const refused = await run([], { allowed: false });
  assert.deepEqual([refused.last.help, refused.last.reached, refused.asked], ['test_help_permission', 0, []]);
  const without = await run([], { subscribed: async () => false });
  assert.deepEqual([without.last.help, without.last.reached, without.asked], ['test_help_subscription', 1, []]);
  const broken = await run([], { subscribed: async () => { throw new DOMException('away', 'AbortError'); } });
  assert.deepEqual([broken.last.help, broken.last.code], ['test_help_subscription', 'AbortError']);
});

for (const [states, help, reached] of /** @type {[string[], string, number][]} */ ([
  [['queued'], 'test_help_sent', 2],
  [['sent'], 'test_help_received', 3],
  [['sent', 'received'], 'test_help_shown', 4],
])) {
  test(`what stays at ${states.at(-1)} is waited for, then explained`, async () => {
    const { last, clock } = await run(states);
    assert.deepEqual([last.help, last.reached, last.running], [help, reached, false]);
    assert.ok(clock > 5000 && clock < 60_000);
  });
}

test('what the push service answered is said in words, and by its code where there are none', async () => {
  assert.equal((await run(['failed'], { cause: 'gone' })).last.help, 'test_cause_gone');
  const other = (await run(['sent', 'failed'], { cause: 'teapot' })).last;
  assert.deepEqual([other.help, other.code, other.reached], ['test_cause_other', 'teapot', 3]);
});

test('the server that is not reached or refuses is not the terminal’s fault', async () => {
  assert.equal((await run([], { error: new Offline('no answer') })).last.help, 'push_offline');
  assert.equal((await run([], { error: new Problem(429, 'too_many', {}) })).last.help, 'push_often');
  const { help, code } = (await run([], { error: new Problem(503, 'database_away', {}) })).last;
  assert.deepEqual([help, code], ['push_error', 'database_away']);
});

test('nobody is asked any more once the page is left', async () => {
  const { asked } = await run(['sent'], { looks: 4 });
  assert.equal(asked.length, 2);
});

test('the way back from a refusal is that of the browser at hand', () => {
  const mozilla = (/** @type {string} */ system) => `Mozilla/5.0 (${system})`;
  for (const [agent, installed, kind] of /** @type {[string, boolean, string][]} */ ([
    [`${mozilla('Linux; Android 13; SM-G525F')} Chrome/130.0.0.0 Mobile Safari/537.36`, false, 'android'],
    [`${mozilla('Linux; Android 13; SM-G525F')} Chrome/130.0.0.0 Mobile Safari/537.36`, true, 'android_app'],
    [`${mozilla('Android 14; Mobile; rv:131.0')} Gecko/131.0 Firefox/131.0`, false, 'firefox_android'],
    [`${mozilla('iPhone; CPU iPhone OS 17_5 like Mac OS X')} Safari/604.1`, true, 'ios'],
    [`${mozilla('X11; Linux x86_64; rv:128.0')} Gecko/20100101 Firefox/128.0`, false, 'firefox'],
    [`${mozilla('Macintosh; Intel Mac OS X 10_15_7')} Version/17.5 Safari/605.1.15`, false, 'safari'],
    [`${mozilla('Windows NT 10.0; Win64; x64')} Chrome/130.0.0.0 Safari/537.36 Edg/130.0`, false, 'desktop'],
  ])) assert.equal(browserKind(agent, installed), kind, agent);
});
