// The way of one trial: asked for, waited for, explained. A worker tries the address; this asks until it has an answer.

import { Problem } from '../../sync/api.js';

const LOOK_MS = 1_000;
/** After which the wait itself is explained: a test takes 25 s at most, and other people's may come first. */
const SLOW_MS = 5_000;
/** After which nothing is to be expected any more. */
const LOST_MS = 120_000;
const PATH = '/api/calendar-trials';

/**
 * @typedef {import('./shapes').Trial} Trial
 *
 * @typedef {object} TrialParts
 * @property {(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<any>} ask
 * @property {(trial: Trial) => boolean} show false: nobody looks any more
 * @property {(ms: number) => Promise<void>} wait
 * @property {() => number} now milliseconds
 */

/**
 * @param {{kind: import('./shapes').TrialKind} & Record<string, unknown>} body
 * @param {TrialParts} parts
 * @returns {Promise<void>} once it is settled, or given up
 * @throws {import('../../sync/api.js').Offline | Problem}
 */
export async function runTrial(body, { ask, show, wait, now }) {
  /** @type {Trial} */
  const trial = { kind: body.kind, state: 'running', code: '', found: {} };
  if (!show(trial)) return;
  const { id } = await ask('POST', PATH, body);
  const since = now();
  for (;;) {
    const { state, code, found } = await look(ask, `${PATH}/${id}`);
    if (state === 'succeeded' || state === 'failed') {
      show({ ...trial, state, code: code ?? '', found: found ?? {} });
      return;
    }
    const waited = now() - since;
    if (waited > LOST_MS) {
      show({ ...trial, state: 'lost' });
      return;
    }
    if (!show({ ...trial, state: waited > SLOW_MS ? 'slow' : 'running' })) return;
    await wait(LOOK_MS);
  }
}

/**
 * Show it as long as it is about what stands in the form: on the same page, and until it is taken away there.
 * @param {Pick<import('./actions.js').Desk, 'read' | 'say' | 'here'>} desk
 * @param {(trial: Trial) => Partial<import('./shapes').PageState>} [more] that it says of the form
 * @returns {TrialParts['show']}
 */
export function showing({ read, say, here }, more) {
  const same = here();
  let begun = false;
  return (trial) => {
    if (!same() || (begun && !read().page.trial)) return false;
    begun = true;
    say({ trial, ...more?.(trial) });
    return true;
  };
}

/**
 * Whether a trial is about something else once this field is. Why it failed is read while the columns are put right.
 * @param {Trial | null} trial
 * @param {string} name
 */
export function isOutdatedBy(trial, name) {
  if (['url', 'user', 'password'].includes(name)) return trial !== null;
  return trial !== null && trial.state !== 'failed' && /^(column_|word$|position$)/.test(name);
}

/**
 * Asked too often is no answer to the trial.
 * @param {TrialParts['ask']} ask
 * @param {string} path
 */
async function look(ask, path) {
  try {
    return await ask('GET', path);
  } catch (error) {
    if (error instanceof Problem && error.status === 429) return { state: 'queued' };
    throw error;
  }
}
