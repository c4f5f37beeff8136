import { Problem } from './api.js';
import { BATCH, markSent, renumber, unsent } from './outbox.js';

const SCHEMA = 1;
/** The server does not know our numbers as we do: it was restored from an older copy, or this terminal was. */
const ASTRAY = new Set(['gap', 'fork', 'epoch']);
/** The server cannot read what was sent, and never will. */
const UNREADABLE = new Set([400, 413, 422]);

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').MutationResult} MutationResult
 * @typedef {(body: unknown) => Promise<import('../types').PushAnswer>} Push
 */

/**
 * Send what waits, in order, until the server has a result for all of it. Nothing is deleted here: an entry leaves the
 * outbox with the pull that brings its result, so that its effect never blinks.
 * @param {Database} db
 * @param {Push} push
 * @throws {import('./api.js').Offline | Problem} the queue is as it was
 */
export function flush(db, push) {
  // Two tabs and the service worker share one outbox; the server would cope with a double send, the network should not.
  const run = () => send(db, push);
  return navigator.locks ? navigator.locks.request('outbox', run) : run();
}

/**
 * @param {Database} db
 * @param {Push} push
 */
async function send(db, push) {
  let probing = false;
  let restarted = false;
  /** @type {MutationResult[]} */
  let heard = [];
  let past = { client: '', seq: 0 };
  for (;;) {
    // Probing begins with the oldest entry, also when it has been acknowledged: a repeat gets the result it had.
    const { client, waiting } = await unsent(db, { past, all: probing, most: probing ? 1 : BATCH });
    if (waiting.length === 0) return;
    const mutations = waiting.map(({ seq, op, args, at }) => ({ seq, op, args, at }));
    try {
      const answer = await push({ client, schema: SCHEMA, mutations });
      past = { client, seq: answer.lmid };
      heard.push(...answer.results);
      // A full device may refuse even this; others then send again what the server has, which does no harm.
      await markSent(db, client, answer.lmid).catch(() => undefined);
    } catch (error) {
      const unreadable = error instanceof Problem && UNREADABLE.has(error.status);
      const astray = error instanceof Problem && error.status === 409 && ASTRAY.has(error.code);
      if (!unreadable && (!astray || restarted)) throw error;
      if (!probing) {
        // One by one, to learn which entries have their result and which one is the obstacle.
        probing = true;
        heard = [];
        past = { client: '', seq: 0 };
        continue;
      }
      restarted ||= astray;
      await renumber(db, unreadable ? [...heard, refused(waiting[0], error)] : heard);
      probing = false;
    }
  }
}

/**
 * What the server cannot read gets its result here, so that the queue behind it never blocks.
 * @param {import('../types').OutboxEntry} entry
 * @param {Problem} problem
 * @returns {MutationResult}
 */
function refused({ seq, op }, { code }) {
  return { seq, op, status: 'rejected', code };
}
