// The terminal's memory: what the server said (docs), what it has not heard yet (outbox), what it refused (conflicts),
// and who, where and how far (meta).

import { openDB } from 'idb';

export const NAME = 'terminal';
const VERSION = 1;

/**
 * @typedef {import('idb').IDBPDatabase<import('./schema').TerminalSchema>} Database
 */

/**
 * Open the database, making its stores the first time. Stores are only ever added: an outbox outlives every version.
 * @param {{blocking?: () => void}} [hooks] `blocking`: a newer page waits for this one to let go
 * @returns {Promise<Database>}
 */
export function openDatabase({ blocking } = {}) {
  return openDB(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore('docs', { keyPath: 'k' });
      db.createObjectStore('outbox', { keyPath: 'seq' });
      db.createObjectStore('meta');
      db.createObjectStore('conflicts', { keyPath: 'id' });
    },
    blocking(_current, _blocked, event) {
      /** @type {IDBDatabase} */ (event.target).close();
      blocking?.();
    },
  });
}
