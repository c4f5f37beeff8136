import { isDeed } from './outbox.js';

/** @typedef {import('./db.js').Database} Database */

/**
 * Read everything that the screens are made of, in one transaction.
 * @param {Database} db
 * @returns {Promise<import('../types').Held>}
 */
export async function readHeld(db) {
  const tx = db.transaction(['docs', 'outbox', 'conflicts', 'meta']);
  const meta = tx.objectStore('meta');
  const [docs, outbox, conflicts, me, cursor, contactAt, lock, ended] = await Promise.all([
    tx.objectStore('docs').getAll(),
    tx.objectStore('outbox').getAll(),
    tx.objectStore('conflicts').getAll(),
    meta.get('me'),
    meta.get('cursor'),
    meta.get('contact_at'),
    meta.get('lock'),
    meta.get('ended'),
  ]);
  await tx.done;
  return {
    docs,
    outbox: outbox.filter(isDeed),
    conflicts,
    me: /** @type {import('../types').Me | undefined} */ (me) ?? null,
    cursor: /** @type {string | undefined} */ (cursor) ?? '',
    contactAt: /** @type {string | undefined} */ (contactAt) ?? null,
    lock: lockOf(/** @type {import('../types').LockRecord | undefined} */ (lock)),
    ended: /** @type {import('../types').Ended | undefined} */ (ended) ?? null,
  };
}

/**
 * What the screens may know of the PIN: not what it is checked against.
 * @param {import('../types').LockRecord | undefined} record
 * @returns {import('../types').Lock | null}
 */
function lockOf(record) {
  return record ? { minutes: record.minutes, fails: record.fails, failed_at: record.failed_at } : null;
}
