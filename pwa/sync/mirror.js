// A second copy of the outbox, in the cache storage, which browsers keep in other files than their databases: Chromium
// silently begins a damaged database anew, and takes all databases of a site with it. Numbers and outbox id are kept
// too, so that what comes back from the copy is recognised by the server and never happens twice.

import { MIRROR } from './memory.js';

const KEY = '/terminal/memory';

/**
 * @typedef {object} Mirror
 * @property {string} name the database's
 * @property {string | undefined} client
 * @property {number} seq last number given
 * @property {import('../types').Me | undefined} me whose actions they are
 * @property {import('../types').OutboxEntry[]} outbox
 */

/**
 * Make the copy as the database is now; with an empty outbox in the usual place there is nothing to copy.
 * @param {import('./db.js').Database} db
 * @param {string} usualName
 */
export async function writeMirror(db, usualName) {
  if (!('caches' in globalThis)) return;
  // Whoever reads first writes first, or an older copy could replace a newer one.
  const run = async () => {
    const mirror = await snapshot(db);
    if (mirror.outbox.length === 0 && mirror.name === usualName) await caches.delete(MIRROR);
    else await (await caches.open(MIRROR)).put(KEY, new Response(JSON.stringify(mirror)));
  };
  await (navigator.locks ? navigator.locks.request('mirror', run) : run());
}

/** @returns {Promise<Mirror | null>} null: there is none, or none that can be read */
export async function readMirror() {
  try {
    const answer = (await caches.has(MIRROR)) ? await (await caches.open(MIRROR)).match(KEY) : undefined;
    return answer ? await answer.json() : null;
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
  const [outbox, client, seq, me] = await Promise.all([
    tx.objectStore('outbox').getAll(), meta.get('client'), meta.get('seq'), meta.get('me'),
  ]);
  return { name: db.name, client: /** @type {string | undefined} */ (client), seq: Number(seq) || 0, me: /** @type {any} */ (me), outbox };
}
