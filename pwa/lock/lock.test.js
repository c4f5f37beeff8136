// The lock's pure parts, and the PIN on a real IndexedDB engine in memory.

import assert from 'node:assert/strict';
import test, { beforeEach, mock } from 'node:test';
import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import { NAME, openDatabase } from '../sync/db.js';
import { readHeld } from '../sync/held.js';
import { emptyForms } from '../ui/forms.js';
import { gateOf } from './gate.js';
import { isIdle } from './idle.js';
import { ITERATIONS, setMinutes, setPin, tryPin } from './pin.js';
import { pinProblem, TRIES, waitFor } from './tries.js';

const AT = Date.parse('2026-11-24T14:00:00Z');
const iso = (/** @type {number} */ at) => new Date(at).toISOString();

/** @type {import('../sync/db.js').Database} */
let db;

beforeEach(async () => {
  mock.restoreAll();
  db?.close();
  await deleteDB(NAME);
  db = await openDatabase();
});

test('two slips are free, then each wrong one costs more, half an hour at most', () => {
  const waits = Array.from({ length: 12 }, (_, index) => waitFor(index, iso(AT), AT) / 1000);
  assert.deepEqual(waits, [0, 0, 0, 5, 15, 30, 60, 300, 900, 1800, 1800, 1800]);
  assert.equal(waitFor(0, null, AT), 0);
});

test('waiting goes by the clock, and a clock set back never makes it longer', () => {
  assert.equal(waitFor(6, iso(AT), AT + 59_999), 1);
  assert.equal(waitFor(6, iso(AT), AT + 60_000), 0);
  assert.equal(waitFor(6, iso(AT), AT - 86_400_000), 60_000);
});

test('a PIN has 4 to 8 digits and is no run', () => {
  for (const pin of ['', '123', '123456789', '12a4', '１２３４', '12 34']) assert.equal(pinProblem(pin), 'pin_format', pin);
  for (const pin of ['0000', '11111111', '1234', '4321', '7890', '0987']) assert.equal(pinProblem(pin), 'pin_easy', pin);
  for (const pin of ['1357', '2580', '90210', '00000001']) assert.equal(pinProblem(pin), null, pin);
});

test('the screens close after their minutes, also when the clock was set back', () => {
  assert.equal(isIdle(AT, AT + 5 * 60_000 - 1, 5), false);
  assert.equal(isIdle(AT, AT + 5 * 60_000, 5), true);
  assert.equal(isIdle(AT, AT - 30_000, 5), false);
  assert.equal(isIdle(AT, AT - 3_600_000, 5), true);
});

test('the PIN opens, another does not, and neither is kept', async () => {
  await setPin(db, '2580', 5);
  const kept = /** @type {import('../types').LockRecord} */ (await db.get('meta', 'lock'));
  assert.equal(kept.iterations, ITERATIONS);
  assert.ok(ITERATIONS >= 600_000);
  assert.equal(kept.salt.length, 16);
  assert.equal(kept.hash.length, 32);
  assert.doesNotMatch(JSON.stringify(kept), /2580/);
  assert.equal(await tryPin(db, '2581', new Date(AT)), 'wrong');
  assert.deepEqual((await readHeld(db)).lock, { minutes: 5, fails: 1, failed_at: iso(AT) });
  assert.equal(await tryPin(db, '2580', new Date(AT)), 'right');
  assert.deepEqual((await readHeld(db)).lock, { minutes: 5, fails: 0, failed_at: null });
  await setMinutes(db, 15);
  assert.equal((await readHeld(db)).lock?.minutes, 15);
});

test('the same PIN on two terminals leaves two traces', async () => {
  await setPin(db, '2580', 5);
  const one = /** @type {import('../types').LockRecord} */ (await db.get('meta', 'lock'));
  await setPin(db, '2580', 5);
  const other = /** @type {import('../types').LockRecord} */ (await db.get('meta', 'lock'));
  assert.notDeepEqual(one.salt, other.salt);
  assert.notDeepEqual(one.hash, other.hash);
});

test('a try that is interrupted has counted, and one that comes too early has not', async () => {
  await setPin(db, '2580', 5);
  mock.method(crypto.subtle, 'deriveBits', () => Promise.reject(new Error('the browser is gone')));
  for (let fails = 1; fails <= 3; fails += 1) {
    await assert.rejects(tryPin(db, '2580', new Date(AT)));
    assert.equal((await readHeld(db)).lock?.fails, fails);
  }
  mock.restoreAll();
  assert.equal(await tryPin(db, '2580', new Date(AT + 4999)), 'wait');
  assert.equal((await readHeld(db)).lock?.fails, 3);
  assert.equal(await tryPin(db, '2580', new Date(AT + 5000)), 'right');
});

test('the tenth wrong one is the last, whatever the clock is set to', async () => {
  await setPin(db, '2580', 5);
  const found = [];
  for (let index = 0; index < TRIES; index += 1) found.push(await tryPin(db, '0001', new Date(AT + index * 86_400_000)));
  assert.deepEqual(found, [...Array.from({ length: TRIES - 1 }, () => 'wrong'), 'last']);
});

test('which screen stands before all others', () => {
  const me = { agent: { id: 1, name: 'Sacha', roles: [] }, unit_id: 1, csrf: '' };
  const lock = { minutes: 5, fails: 0, failed_at: null };
  /**
   * @param {object} changes
   * @param {Partial<import('../types').Held>} [held]
   */
  const gate = (changes, held) => gateOf(/** @type {any} */ ({
    phase: 'ready', route: { screen: 'inbox', id: null }, forms: emptyForms(), locked: false,
    held: { me, lock: null, ...held }, ...changes,
  }));
  const enrol = { route: { screen: 'enrol', id: null } };
  assert.equal(gate({}), null);
  assert.equal(gate({ phase: 'starting', locked: true }), null);
  assert.equal(gate({ locked: true }, { lock }), 'lock');
  assert.equal(gate({ locked: true, ...enrol }, { lock }), 'enrol');
  assert.equal(gate({ phase: 'signed-out', locked: true }, { lock }), 'signIn');
  assert.equal(gate({}, { me: null }), 'signIn');
  assert.equal(gate({ forms: { ...emptyForms(), foreign: me }, phase: 'signed-out' }), 'foreign');
  assert.equal(gate({}, { me: { ...me, enrolled: true } }), 'choosePin');
  assert.equal(gate({}, { me: { ...me, enrolled: true }, lock }), null);
});
