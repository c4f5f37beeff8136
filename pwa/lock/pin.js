// The PIN itself: never kept, only what PBKDF2 makes of it. What it protects and what not: docs/adr/0017.

import { TRIES, waitFor } from './tries.js';

/** OWASP's least for PBKDF2-HMAC-SHA256 (Password Storage Cheat Sheet, 2023). */
export const ITERATIONS = 600_000;
const BITS = 256;

/**
 * @typedef {import('../sync/db.js').Database} Database
 * @typedef {import('../types').LockRecord} LockRecord
 */

/**
 * @param {string} pin
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} iterations
 */
async function derive(pin, salt, iterations) {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits']);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, BITS));
}

/**
 * Set the PIN of this terminal, or replace it.
 * @param {Database} db
 * @param {string} pin
 * @param {number} minutes without a touch, after which it is asked for
 */
export async function setPin(db, pin, minutes) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const hash = await derive(pin, salt, ITERATIONS);
  /** @type {LockRecord} */
  const lock = { salt, hash, iterations: ITERATIONS, minutes, fails: 0, failed_at: null };
  await put(db, lock);
}

/**
 * Try a PIN. A wrong one counts before it is looked at, so that ending the browser meanwhile gains nothing.
 * @param {Database} db
 * @param {string} pin
 * @param {Date} now
 * @returns {Promise<'right' | 'wrong' | 'wait' | 'last'>} `wait`: too early, nothing was tried; `last`: the tries are over
 */
export async function tryPin(db, pin, now) {
  const tx = db.transaction('meta', 'readwrite', { durability: 'strict' });
  const lock = /** @type {LockRecord | undefined} */ (await tx.store.get('lock'));
  if (!lock) {
    await tx.done;
    return 'right';
  }
  if (waitFor(lock.fails, lock.failed_at, now.getTime()) > 0) {
    await tx.done;
    return 'wait';
  }
  const fails = lock.fails + 1;
  await tx.store.put({ ...lock, fails, failed_at: now.toISOString() }, 'lock');
  await tx.done;
  const hash = await derive(pin, lock.salt, lock.iterations);
  if (hash.reduce((difference, byte, index) => difference | (byte ^ lock.hash[index]), 0) === 0) {
    await put(db, { ...lock, fails: 0, failed_at: null });
    return 'right';
  }
  return fails >= TRIES ? 'last' : 'wrong';
}

/**
 * @param {Database} db
 * @param {number} minutes
 */
export async function setMinutes(db, minutes) {
  const lock = /** @type {LockRecord | undefined} */ (await db.get('meta', 'lock'));
  if (lock) await put(db, { ...lock, minutes });
}

/**
 * @param {Database} db
 * @param {LockRecord} lock
 */
async function put(db, lock) {
  const tx = db.transaction('meta', 'readwrite', { durability: 'strict' });
  await Promise.all([tx.store.put(lock, 'lock'), tx.done]);
}
