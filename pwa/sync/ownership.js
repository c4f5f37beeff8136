// Whose memory this is. An outbox belongs to the agent who filled it, and is never sent in another one's name.

import { isDeed } from './outbox.js';

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').Me} Me
 * @typedef {import('../types').Ended} Ended
 */

/** A terminal that has heard nothing of the server for so long forgets its documents. */
export const DOCS_LAST_MS = 7 * 24 * 3600 * 1000;
/** After these the sign-in that the browser may still have is not used again; whoever comes next sets a new PIN. */
const GIVEN_UP = new Set(['pin_tries', 'pin_forgotten', 'signed_out']);

/** @param {Ended | null | undefined} ended */
export function isGivenUp(ended) {
  return Boolean(ended && GIVEN_UP.has(ended.code));
}

/**
 * Make `me` the owner of this terminal's memory.
 * @param {Database} db
 * @param {Me} me
 * @param {number} [unsafe] how many actions of the owner wait outside the database
 * @returns {Promise<Me | null>} the other agent whose actions still wait here; null when `me` is now the owner
 */
export async function adopt(db, me, unsafe = 0) {
  const owner = /** @type {Me | undefined} */ (await db.get('meta', 'me'));
  if (owner && owner.agent.id !== me.agent.id) {
    if (unsafe || (await db.getAll('outbox')).some(isDeed)) return owner;
    await purge(db);
  }
  const { store, done } = db.transaction('meta', 'readwrite');
  const ended = /** @type {Ended | undefined} */ (await store.get('ended'));
  if (isGivenUp(ended)) void store.delete('lock');
  await Promise.all([store.delete('ended'), store.put(me, 'me'), done]);
  return null;
}

/**
 * Forget the documents and keep the outbox: whoever holds the terminal may not see them any more.
 * @param {Database} db
 * @param {Ended | null} [ended] why nobody is signed in any more, if that is so
 */
export async function wipeDocs(db, ended = null) {
  try {
    await forgetDocs(db, ended);
  } catch (error) {
    if (!ended) throw error;
    // A full device has no room even for the reason: what must go makes it.
    await forgetDocs(db, null);
    await forgetDocs(db, ended);
  }
}

/**
 * @param {Database} db
 * @param {Ended | null} ended
 */
async function forgetDocs(db, ended) {
  const tx = db.transaction(['docs', 'meta'], 'readwrite', { durability: 'strict' });
  const meta = tx.objectStore('meta');
  if (ended) void meta.put(ended, 'ended');
  await Promise.all([tx.objectStore('docs').clear(), meta.delete('cursor'), meta.delete('notices'), tx.done]);
}

/**
 * Wipe the documents of a terminal that has not heard from the server for seven days.
 * @param {Database} db
 * @param {Date} now
 * @returns {Promise<boolean>} whether there was something to wipe
 */
export async function wipeStaleDocs(db, now) {
  const [contact, cursor] = await Promise.all([db.get('meta', 'contact_at'), db.get('meta', 'cursor')]);
  if (!cursor || typeof contact !== 'string' || now.getTime() - Date.parse(contact) <= DOCS_LAST_MS) return false;
  await wipeDocs(db);
  return true;
}

/**
 * Forget everything, the outbox too: only when it is empty, or when a person has confirmed the loss.
 * @param {Database} db
 */
export async function purge(db) {
  const tx = db.transaction(['docs', 'outbox', 'conflicts', 'meta'], 'readwrite');
  await Promise.all([
    tx.objectStore('docs').clear(),
    tx.objectStore('outbox').clear(),
    tx.objectStore('conflicts').clear(),
    tx.objectStore('meta').clear(),
    tx.done,
  ]);
}
