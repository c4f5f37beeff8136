// Opens the terminal's memory at the start, whatever has become of it. The ways out of an accident are in rescue.js,
// which no start without one has to load.

import { missingStores, NAME, openDatabase } from './db.js';
import { readHeld } from './held.js';

/** Where a second copy of the outbox is kept, out of the database's reach; see mirror.js. */
export const MIRROR = 'terminal-memory';

/**
 * @typedef {import('./db.js').Database} Database
 *
 * @typedef {object} Memory
 * @property {Database} db
 * @property {import('../types').Held} held
 * @property {number} rescued how many waiting actions were brought back after an accident
 */

/**
 * Open the memory and read it.
 * @param {import('./db.js').OpenHooks} hooks
 * @returns {Promise<Memory>}
 * @throws {import('./rescue.js').Unusable} no database can be had; it holds what was found of the outbox
 */
export async function openMemory(hooks) {
  const name = databaseName();
  let made = false;
  /** @type {Database | undefined} */
  let db;
  try {
    db = await openDatabase({ ...hooks, made: () => { made = true; } }, name);
    if (missingStores(db).length) throw new DOMException('a store is missing', 'NotFoundError');
    // A new database beside an old copy of the outbox: the browser has thrown a damaged one away without a word.
    if (!made || !(await hasMirror())) return { db, held: await readHeld(db), rescued: 0 };
  } catch (error) {
    const { rescue } = await import('./rescue.js');
    return rescue(name, db, error, hooks);
  }
  const { restore } = await import('./rescue.js');
  return restore(db);
}

async function hasMirror() {
  return 'caches' in globalThis && caches.has(MIRROR).catch(() => false);
}

/** The database's present name: a damaged one that will not go away is left behind under its old name. */
function databaseName() {
  try {
    return localStorage.getItem('database') ?? NAME;
  } catch {
    return NAME;
  }
}
