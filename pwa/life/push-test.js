// The way of one test notification, step by step: allowed, subscribed, sent, received, shown. Each step is a fact that
// somebody has reported, and the first that fails is the one to mend.

import { Offline, Problem } from '../sync/api.js';
import { lifeKeyOr } from './words.js';

export const STEPS = /** @type {const} */ (['permission', 'subscription', 'sent', 'received', 'shown']);
/** How long each of the last three may take before a person is told what to do. */
const PATIENCE_MS = { sent: 30_000, received: 30_000, shown: 10_000 };
const LOOK_MS = 500;
const PATH = '/api/terminals/this/push-tests';
/** How many of the steps each state of the server's stands for. */
const REACHED = { queued: 2, sent: 3, received: 4, shown: 5, failed: 2 };

/**
 * @typedef {typeof STEPS[number]} Step
 * @typedef {{reached: number, running: boolean, help: import('./words.js').LifeKey | null, code: string}} PushTest
 *   `reached`: how many steps have been taken; `help`: what to do about the next one; `code`: the machine's word for it
 *
 * @typedef {object} TestParts
 * @property {(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<any>} ask
 * @property {() => import('./words.js').LifeKey | null} refusal what to do where notifications are not allowed
 * @property {() => Promise<boolean>} subscribed compares and repairs; whether this terminal is told
 * @property {(test: PushTest) => boolean} show false: nobody looks any more
 * @property {(ms: number) => Promise<void>} wait
 * @property {() => number} now milliseconds
 */

/**
 * Send this terminal a notification and follow it. Never rejects: what fails is shown.
 * @param {TestParts} parts
 */
export async function runTest({ ask, refusal, subscribed, show, wait, now }) {
  const test = { reached: 0, running: true, help: null, code: '' };
  const fail = (/** @type {import('./words.js').LifeKey} */ help, code = '') => void show({ ...test, running: false, help, code });
  show(test);
  const refused = refusal();
  if (refused) return fail(refused);
  test.reached = 1;
  show(test);
  try {
    if (!(await subscribed())) return fail('test_help_subscription');
    test.reached = 2;
    show(test);
    const { id } = await ask('POST', PATH);
    let since = now();
    for (;;) {
      const { state, cause } = await ask('GET', `${PATH}/${id}`);
      const reached = Math.max(test.reached, REACHED[/** @type {keyof typeof REACHED} */ (state)] ?? 0);
      if (state === 'failed') return fail(lifeKeyOr(`test_cause_${cause}`, 'test_cause_other'), cause ?? '');
      if (reached > test.reached) since = now();
      test.reached = reached;
      if (reached === STEPS.length) return void show({ ...test, running: false });
      if (!show(test)) return undefined;
      const next = /** @type {keyof typeof PATIENCE_MS} */ (STEPS[reached]);
      if (now() - since > PATIENCE_MS[next]) return fail(`test_help_${next}`);
      await wait(LOOK_MS);
    }
  } catch (error) {
    if (error instanceof Offline) return fail('push_offline');
    if (error instanceof Problem) return fail(error.status === 429 ? 'push_often' : 'push_error', error.code);
    return fail('test_help_subscription', error instanceof Error ? error.name : '');
  }
}
