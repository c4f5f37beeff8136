// A second copy of the outbox, in the cache storage, which browsers keep in other files than their databases: Chromium
// silently begins a damaged database anew, and takes all databases of a site with it. Numbers and outbox id are kept
// too, so that what comes back from the copy is recognised by the server and never happens twice; and so is the lock,
// which an accident must not open.

import { MIRROR } from './memory.js';

const KEY = '/terminal/memory';
/** Fields of the lock that are bytes, which JSON does not know. */
const BYTES = new Set(['salt', 'hash']);

/**
 * @typedef {object} Mirror
 * @property {string} name the database's
 * @property {string | undefined} client
 * @property {number} seq last number given
 * @property {import('../types').Me | undefined} me whose actions they are
 * @property {import('../types').OutboxEntry[]} outbox
 * @property {import('../types').LockRecord} [lock] what the PIN is checked against
 * @property {import('../types').Ended} [ended] why nobody is signed in any more
 */

/**
 * Make the copy as the database is now.
 * @param {import('./db.js').Database} db
 * @param {string} usualName
 * @param {string} [last] what was copied last
 * @returns {Promise<string>} what is copied now
 */
export async function writeMirror(db, usualName, last) {
  if (!('caches' in globalThis)) return '';
  // Whoever reads first writes first, or an older copy could replace a newer one.
  const run = async () => {
    const mirror = await snapshot(db);
    const now = asText(mirror);
    if (now !== last) await keepMirror(mirror, usualName);
    return now;
  };
  return navigator.locks ? navigator.locks.request('mirror', run) : run();
}

/**
 * Replace the copy. Nothing is kept where nothing waits, nothing is locked, and the database is in its usual place.
 * @param {Mirror} mirror
 * @param {string} usualName
 */
export async function keepMirror(mirror, usualName) {
  const { name, outbox, lock, ended } = mirror;
  if (outbox.length === 0 && !lock && !ended && name === usualName) await caches.delete(MIRROR);
  else await (await caches.open(MIRROR)).put(KEY, new Response(asText(mirror)));
}

/** @returns {Promise<Mirror | null>} null: there is none, or none that can be read */
export async function readMirror() {
  try {
    const answer = (await caches.has(MIRROR)) ? await (await caches.open(MIRROR)).match(KEY) : undefined;
    return answer ? JSON.parse(await answer.text(), (key, value) => (BYTES.has(key) ? Uint8Array.from(value) : value)) : null;
  } catch {
    return null;
  }
}

/**
 * @param {import('./db.js').Database} db
 * @returns {Promise<Mirror>}
 */
async function snapshot(db) {
  const tx = db.transaction(['outbox', 'meta']);
  const meta = tx.objectStore('meta');
  const [outbox, ...facts] = await Promise.all([
    tx.objectStore('outbox').getAll(), ...['client', 'seq', 'me', 'lock', 'ended'].map((key) => meta.get(key)),
  ]);
  const [client, seq, me, lock, ended] = /** @type {any[]} */ (facts);
  return { name: db.name, client, seq: Number(seq) || 0, me, outbox, lock, ended };
}

/** @param {Mirror} mirror */
function asText(mirror) {
  return JSON.stringify(mirror, (key, value) => (BYTES.has(key) ? [...value] : value));
}
