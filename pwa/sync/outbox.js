// What a person did and the server has not confirmed: numbered, durable, in order.

import { keepRefusal } from './pull.js';

export const BATCH = 50;

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').OutboxEntry} OutboxEntry
 * @typedef {import('../types').MutationResult} MutationResult
 * @typedef {Pick<OutboxEntry, 'op' | 'args' | 'at' | 'hint'>} Action
 */

/**
 * What a person did, and would miss; not that they have opened something, which is told by itself.
 * @param {Pick<OutboxEntry, 'op'>} entry
 */
export const isDeed = ({ op }) => op !== 'request.seen';

/**
 * Give a mutation its number and keep it, in one transaction that is on the disk when this resolves.
 * @param {Database} db
 * @param {Action} mutation
 * @returns {Promise<OutboxEntry>}
 * @throws {DOMException} `QuotaExceededError`: the device is full
 */
export async function enqueue(db, mutation) {
  const tx = db.transaction(['outbox', 'meta'], 'readwrite', { durability: 'strict' });
  const meta = tx.objectStore('meta');
  const seq = (Number(await meta.get('seq')) || 0) + 1;
  const entry = { ...mutation, seq };
  // The entry first: where it cannot be kept, its number must not be given either.
  await Promise.all([tx.objectStore('outbox').add(entry).then(() => meta.put(seq, 'seq')), tx.done]);
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
 * What the server has not acknowledged; with `all`, also what it has.
 * @param {Database} db
 * @param {{past: {client: string, seq: number}, all: boolean, most: number}} range `past`: what the caller has sent
 * @returns {Promise<{client: string, waiting: OutboxEntry[]}>}
 */
export async function unsent(db, { past, all, most }) {
  const client = await clientId(db);
  const tx = db.transaction(['outbox', 'meta']);
  const sent = all ? 0 : Number(await tx.objectStore('meta').get('sent')) || 0;
  const from = Math.max(sent, past.client === client ? past.seq : 0);
  const waiting = await tx.objectStore('outbox').getAll(IDBKeyRange.lowerBound(from, true), most);
  await tx.done;
  return { client, waiting };
}

/**
 * Remember up to which number the server has acknowledged, so that no other tab and no worker sends it again before the
 * pull has brought the results.
 * @param {Database} db
 * @param {string} client
 * @param {number} seq
 */
export async function markSent(db, client, seq) {
  const tx = db.transaction('meta', 'readwrite');
  const [present, sent] = await Promise.all([tx.store.get('client'), tx.store.get('sent')]);
  if (present === client && seq > (Number(sent) || 0)) await tx.store.put(seq, 'sent');
  await tx.done;
}

/**
 * Start again as a new outbox with the same mutations in the same order, because the server does not know this one's
 * numbers (it was restored from an older copy, or this terminal was). Those that are known to have their result leave
 * with it. Of the others, a note may arrive twice, which is better than never; everything else is harmless to repeat.
 * @param {Database} db
 * @param {MutationResult[]} [heard] results that the server gave under the present numbers
 */
export async function renumber(db, heard = []) {
  const tx = db.transaction(['docs', 'outbox', 'conflicts', 'meta'], 'readwrite', { durability: 'strict' });
  const [outbox, meta] = [tx.objectStore('outbox'), tx.objectStore('meta')];
  const [all, client] = await Promise.all([outbox.getAll(), meta.get('client')]);
  const results = new Map(heard.map((result) => [result.seq, result]));
  for (const entry of all) {
    const result = results.get(entry.seq);
    if (result) await keepRefusal(tx, String(client), entry, result);
  }
  const waiting = all.filter(({ seq }) => !results.has(seq));
  await outbox.clear();
  await Promise.all([
    ...waiting.map((entry, index) => outbox.add({ ...entry, seq: index + 1 })),
    meta.put(waiting.length, 'seq'),
    meta.put(0, 'lmid'),
    meta.put(0, 'sent'),
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
