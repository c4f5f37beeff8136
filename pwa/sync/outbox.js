// What a person did and the server has not confirmed: numbered, durable, in order.

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').OutboxEntry} OutboxEntry
 */

/**
 * Give a mutation its number and keep it, in one transaction that is on the disk when this resolves.
 * @param {Database} db
 * @param {Pick<OutboxEntry, 'op' | 'args' | 'at' | 'hint'>} mutation
 * @returns {Promise<OutboxEntry>}
 */
export async function enqueue(db, mutation) {
  const tx = db.transaction(['outbox', 'meta'], 'readwrite', { durability: 'strict' });
  const meta = tx.objectStore('meta');
  const seq = (Number(await meta.get('seq')) || 0) + 1;
  const entry = { ...mutation, seq };
  await Promise.all([meta.put(seq, 'seq'), tx.objectStore('outbox').add(entry), tx.done]);
  return entry;
}

/**
 * The outbox's own id; a new one where there is none.
 * @param {Database} db
 * @returns {Promise<string>}
 */
export async function clientId(db) {
  const tx = db.transaction('meta', 'readwrite', { durability: 'strict' });
  let client = /** @type {string | undefined} */ (await tx.store.get('client'));
  if (!client) {
    client = newId();
    await tx.store.put(client, 'client');
  }
  await tx.done;
  return client;
}

/**
 * Start again as a new outbox with the same mutations in the same order, because the server does not know this one's
 * numbers (it was restored from an older copy, or this terminal was). A note may then arrive twice, which is better
 * than never; everything else is harmless to repeat.
 * @param {Database} db
 */
export async function renumber(db) {
  const tx = db.transaction(['outbox', 'meta'], 'readwrite', { durability: 'strict' });
  const [outbox, meta] = [tx.objectStore('outbox'), tx.objectStore('meta')];
  const waiting = await outbox.getAll();
  await outbox.clear();
  await Promise.all([
    ...waiting.map((entry, index) => outbox.add({ ...entry, seq: index + 1 })),
    meta.put(waiting.length, 'seq'),
    meta.put(0, 'lmid'),
    meta.put(newId(), 'client'),
    tx.done,
  ]);
}

/** A random UUID, also for what a terminal makes itself; `crypto.randomUUID` is younger than the oldest browser we serve. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
