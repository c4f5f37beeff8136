// The terminal's memory: what the server said (docs), what it has not heard yet (outbox), what it refused (conflicts),
// and who, where and how far (meta).

import { openDB } from 'idb';

export const NAME = 'terminal';
export const VERSION = 1;
/** Each store and how its keys are made. Stores are only ever added: an outbox outlives every version. */
const STORES = /** @type {const} */ ({
  docs: { keyPath: 'k' },
  outbox: { keyPath: 'seq' },
  meta: undefined,
  conflicts: { keyPath: 'id' },
});

/**
 * @typedef {import('idb').IDBPDatabase<import('./schema').TerminalSchema>} Database
 *
 * @typedef {object} OpenHooks
 * @property {() => void} [blocking] a newer page waits for this one to let go
 * @property {() => void} [blocked] an older page holds on to it; opening goes on once that page is closed
 * @property {() => void} [made] there was nothing under this name: either a first start, or a memory that is gone
 */

/**
 * Open the database, making what it lacks.
 * @param {OpenHooks} [hooks]
 * @param {string} [name]
 * @param {number} [version]
 * @returns {Promise<Database>}
 * @throws {DOMException} it cannot be opened; `VersionError`: a newer page has made it
 */
export async function openDatabase({ blocking, blocked, made } = {}, name = NAME, version = VERSION) {
  return openDB(name, version, {
    upgrade(db, oldVersion) {
      if (oldVersion === 0) made?.();
      for (const store of missingStores(db)) db.createObjectStore(store, STORES[store]);
    },
    blocked,
    blocking(_current, _blocked, event) {
      /** @type {IDBDatabase} */ (event.target).close();
      blocking?.();
    },
  });
}

/** @param {Pick<Database, 'objectStoreNames'>} db */
export function missingStores(db) {
  const names = /** @type {(keyof typeof STORES)[]} */ (Object.keys(STORES));
  return names.filter((name) => !db.objectStoreNames.contains(name));
}
