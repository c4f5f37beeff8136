// Whose memory this is. An outbox belongs to the agent who filled it, and is never sent in another one's name.

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').Me} Me
 */

const DOCS_LAST_MS = 7 * 24 * 3600 * 1000;

/**
 * Make `me` the owner of this terminal's memory.
 * @param {Database} db
 * @param {Me} me
 * @returns {Promise<Me | null>} the other agent whose actions still wait here; null when `me` is now the owner
 */
export async function adopt(db, me) {
  const owner = /** @type {Me | undefined} */ (await db.get('meta', 'me'));
  if (owner && owner.agent.id !== me.agent.id) {
    if ((await db.count('outbox')) > 0) return owner;
    await purge(db);
  }
  await db.put('meta', me, 'me');
  return null;
}

/**
 * Forget the documents and keep the outbox: whoever holds the terminal may not see them any more.
 * @param {Database} db
 */
export async function wipeDocs(db) {
  const tx = db.transaction(['docs', 'meta'], 'readwrite');
  const meta = tx.objectStore('meta');
  await Promise.all([tx.objectStore('docs').clear(), meta.delete('cursor'), meta.delete('notices'), tx.done]);
}

/**
 * Wipe the documents of a terminal that has not heard from the server for seven days.
 * @param {Database} db
 * @param {Date} now
 */
export async function wipeStaleDocs(db, now) {
  const contact = await db.get('meta', 'contact_at');
  if (typeof contact === 'string' && now.getTime() - Date.parse(contact) > DOCS_LAST_MS) await wipeDocs(db);
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
