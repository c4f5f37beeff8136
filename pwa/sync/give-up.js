import { call, Problem } from './api.js';

/** @typedef {import('../types').Ended} Ended */

/**
 * Tell the server that this terminal gives its sign-in up, if it still has to. The browser holds the credential where
 * no script reaches it, so that only the server can end it; until it has heard, nothing here uses it.
 * @param {import('./db.js').Database} db
 * @returns {Promise<boolean>} whether the server has heard it now
 */
export async function giveUp(db) {
  const ended = /** @type {Ended | undefined} */ (await db.get('meta', 'ended'));
  if (!ended || ended.owed === null) return false;
  try {
    // The proof belongs to the sign-in that is given up: one that came in between is safe.
    await call('POST', '/api/sign-out', { csrf: ended.owed });
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 429 || error.status >= 500) return false;
  }
  const { store, done } = db.transaction('meta', 'readwrite');
  const still = /** @type {Ended | undefined} */ (await store.get('ended'));
  if (still) void store.put({ ...still, owed: null }, 'ended');
  await done;
  return true;
}
