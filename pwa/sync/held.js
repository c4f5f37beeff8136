/** @typedef {import('./db.js').Database} Database */

/**
 * Read everything that the screens are made of, in one transaction.
 * @param {Database} db
 * @returns {Promise<import('../types').Held>}
 */
export async function readHeld(db) {
  const tx = db.transaction(['docs', 'outbox', 'conflicts', 'meta']);
  const meta = tx.objectStore('meta');
  const [docs, outbox, conflicts, me, cursor, contactAt] = await Promise.all([
    tx.objectStore('docs').getAll(),
    tx.objectStore('outbox').getAll(),
    tx.objectStore('conflicts').getAll(),
    meta.get('me'),
    meta.get('cursor'),
    meta.get('contact_at'),
  ]);
  await tx.done;
  return {
    docs,
    outbox,
    conflicts,
    me: /** @type {import('../types').Me | undefined} */ (me) ?? null,
    cursor: /** @type {string | undefined} */ (cursor) ?? '',
    contactAt: /** @type {string | undefined} */ (contactAt) ?? null,
  };
}
