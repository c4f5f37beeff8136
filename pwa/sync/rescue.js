// What happens when the terminal's memory is damaged. Loaded only then.
//
// In order: use it as it is (a newer page made it), add what it lacks, bring back the copy of the outbox, move what can
// still be read to a database under another name. When no database can be had, the outbox is shown and sent as it is.

import { missingStores, openDatabase } from './db.js';
import { readHeld } from './held.js';
import { newId } from './outbox.js';
import { readMirror, writeMirror } from './mirror.js';

const MOST_NAMES = 5;

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('./memory.js').Memory} Memory
 * @typedef {import('./mirror.js').Mirror} Mirror
 */

/** No database can be had on this device, now. */
export class Unusable extends Error {
  /**
   * @param {unknown} cause
   * @param {Mirror | null} found what was found of the outbox
   */
  constructor(cause, found) {
    super('no memory', { cause });
    this.found = found;
  }
}

/**
 * @param {string} name
 * @param {Database | undefined} db open, but something about it failed
 * @param {unknown} error
 * @param {import('./db.js').OpenHooks} hooks
 * @returns {Promise<Memory>}
 * @throws {Unusable}
 */
export async function rescue(name, db, error, hooks) {
  console.error('the memory is damaged', error);
  const healed = await heal(name, db, hooks).catch(() => null);
  if (healed) return healed;
  const found = merge(await readRaw(name), await readMirror());
  for (const next of nextNames(name)) {
    const fresh = await openDatabase(hooks, next).catch(() => null);
    if (!fresh) continue;
    try {
      if (found) await fill(fresh, found);
      const held = await readHeld(fresh);
      localStorage.setItem('database', next);
      // The worker learns the new name from the copy.
      await writeMirror(fresh, name);
      indexedDB.deleteDatabase(name);
      return { db: fresh, held, rescued: held.outbox.length };
    } catch {
      fresh.close();
    }
  }
  throw new Unusable(error, found);
}

/**
 * Bring the copy of the outbox back into a database that has just been made.
 * @param {Database} db
 * @returns {Promise<Memory>}
 * @throws {Unusable}
 */
export async function restore(db) {
  const mirror = await readMirror();
  try {
    if (mirror) await fill(db, mirror);
    const held = await readHeld(db);
    return { db, held, rescued: held.outbox.length };
  } catch (error) {
    db.close();
    throw new Unusable(error, mirror);
  }
}

/**
 * A database of a newer version has all that this one needs, because stores and fields are only ever added; one that
 * lacks a store gets it.
 * @param {string} name
 * @param {Database | undefined} open
 * @param {import('./db.js').OpenHooks} hooks
 * @returns {Promise<Memory | null>}
 */
async function heal(name, open, hooks) {
  open?.close();
  const version = await presentVersion(name);
  if (version === null) return null;
  let db = await openDatabase(hooks, name, version);
  if (missingStores(db).length) {
    db.close();
    db = await openDatabase(hooks, name, version + 1);
  }
  try {
    return { db, held: await readHeld(db), rescued: 0 };
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * @param {string} name
 * @returns {Promise<number | null>} null: it is not there
 */
async function presentVersion(name) {
  const db = await openRaw(name);
  const version = db?.version ?? null;
  db?.close();
  return version;
}

/**
 * Open a database as it is, without making one.
 * @param {string} name
 * @returns {Promise<IDBDatabase | null>}
 */
function openRaw(name) {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open(name);
      asked.onupgradeneeded = () => asked.transaction?.abort();
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = (event) => {
        event.preventDefault();
        resolve(null);
      };
    } catch {
      resolve(null);
    }
  });
}

/**
 * Read what can be read of the outbox, record by record, so that one damaged record costs itself only.
 * @param {string} name
 * @returns {Promise<Mirror | null>}
 */
async function readRaw(name) {
  const db = await openRaw(name);
  if (!db) return null;
  try {
    const read = (/** @type {string} */ store, /** @type {IDBValidKey} */ key) =>
      settled(() => db.transaction(store).objectStore(store).get(key));
    const keys = (await settled(() => db.transaction('outbox').objectStore('outbox').getAllKeys())) ?? [];
    const entries = await Promise.all(keys.map((/** @type {IDBValidKey} */ key) => read('outbox', key)));
    const [client, seq, me, lock, ended] = await Promise.all(['client', 'seq', 'me', 'lock', 'ended'].map((key) => read('meta', key)));
    return { name, client, seq: Number(seq) || 0, me, outbox: entries.filter(Boolean), lock, ended };
  } finally {
    db.close();
  }
}

/**
 * @param {() => IDBRequest} ask
 * @returns {Promise<any>} undefined where it cannot be read
 */
function settled(ask) {
  return new Promise((resolve) => {
    try {
      const request = ask();
      request.onsuccess = () => resolve(request.result);
      request.onerror = (event) => {
        event.preventDefault();
        resolve(undefined);
      };
    } catch {
      resolve(undefined);
    }
  });
}

/**
 * What the database and its copy know together. The copy is used only if it is of the same outbox.
 * @param {Mirror | null} raw
 * @param {Mirror | null} copy
 * @returns {Mirror | null}
 */
export function merge(raw, copy) {
  if (!raw || !copy) return raw ?? copy;
  if (raw.client && copy.client && raw.client !== copy.client) return raw;
  const entries = new Map([...copy.outbox, ...raw.outbox].map((entry) => [entry.seq, entry]));
  return {
    name: raw.name,
    client: raw.client ?? copy.client,
    seq: Math.max(raw.seq, copy.seq),
    me: raw.me ?? copy.me,
    lock: raw.lock ?? copy.lock,
    ended: raw.ended ?? copy.ended,
    outbox: [...entries.values()].sort((one, other) => one.seq - other.seq),
  };
}

/**
 * Put an outbox into an empty database: under its own numbers, which the server knows, or anew where they are lost.
 * @param {Database} db
 * @param {Mirror} found
 * @throws {DOMException} `NotAllowedError`: nobody knows whose actions these are, and they may go out in no other name
 */
async function fill(db, { client, seq, outbox, ...facts }) {
  if (!facts.me && outbox.length) throw new DOMException('whose actions?', 'NotAllowedError');
  const known = Boolean(client) && seq >= (outbox.at(-1)?.seq ?? 0);
  const entries = known ? outbox : outbox.map((entry, index) => ({ ...entry, seq: index + 1 }));
  const tx = db.transaction(['outbox', 'meta'], 'readwrite', { durability: 'strict' });
  const meta = tx.objectStore('meta');
  await Promise.all([
    ...entries.map((entry) => tx.objectStore('outbox').put(entry)),
    meta.put(known ? /** @type {string} */ (client) : newId(), 'client'),
    meta.put(known ? seq : entries.length, 'seq'),
    ...(/** @type {const} */ (['me', 'lock', 'ended']).map((key) => facts[key] && meta.put(facts[key], key))),
    tx.done,
  ]);
}

/** @param {string} name */
function nextNames(name) {
  const [, base, number] = /** @type {RegExpExecArray} */ (/^(.*?)(?:-(\d+))?$/.exec(name));
  const from = Number(number ?? 1) + 1;
  return Array.from({ length: MOST_NAMES }, (_, index) => `${base}-${from + index}`);
}
