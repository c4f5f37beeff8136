import { Problem } from './api.js';
import { clientId, renumber } from './outbox.js';

const BATCH = 50;
const SCHEMA = 1;

/**
 * @typedef {import('./db.js').Database} Database
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
  let acknowledged = 0;
  let restarted = false;
  for (;;) {
    const client = await clientId(db);
    const waiting = await db.getAll('outbox', IDBKeyRange.lowerBound(acknowledged, true), BATCH);
    if (waiting.length === 0) return;
    const mutations = waiting.map(({ seq, op, args, at }) => ({ seq, op, args, at }));
    try {
      acknowledged = (await push({ client, schema: SCHEMA, mutations })).lmid;
    } catch (error) {
      if (restarted || !(error instanceof Problem) || error.status !== 409) throw error;
      if (error.code !== 'gap' && error.code !== 'fork') throw error;
      restarted = true;
      await renumber(db);
      acknowledged = 0;
    }
  }
}
