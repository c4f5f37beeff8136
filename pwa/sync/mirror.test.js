// The second copy of the outbox and of the lock: what it keeps through an accident, and what leaves it.

import assert from 'node:assert/strict';
import test, { beforeEach, mock } from 'node:test';
import 'fake-indexeddb/auto';
import { setPin, tryPin } from '../lock/pin.js';
import { fakeCaches, fakeLocalStorage } from '../testing/browser.js';
import { accepting, aFilledMemory, AT, ME, refuseToOpen } from '../testing/memory.js';
import { anAgent } from '../testing/samples.js';
import { NAME } from './db.js';
import { deliver, startAfresh } from './deliver.js';
import { discardAll, discardOutbox } from './discard.js';
import { readHeld } from './held.js';
import { Keeper } from './keep.js';
import { openMemory } from './memory.js';
import { readMirror, writeMirror } from './mirror.js';
import { enqueue } from './outbox.js';
import { adopt } from './ownership.js';

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  fakeCaches();
  fakeLocalStorage();
  console.error = () => undefined;
});

test('an accident does not open the lock, also when nothing waits', async () => {
  const { db } = await aFilledMemory();
  await setPin(db, '2468', 5);
  await db.clear('outbox');
  await writeMirror(db, NAME);
  db.close();
  globalThis.indexedDB = new IDBFactory();
  const again = await openMemory({});
  assert.deepEqual([again.held.lock?.minutes, again.held.outbox, again.rescued], [5, [], 0]);
  assert.equal(await tryPin(again.db, '1357', new Date(AT)), 'wrong');
  assert.equal((await readHeld(again.db)).lock?.fails, 1);
  assert.equal(await tryPin(again.db, '2468', new Date('2026-11-24T18:00:00Z')), 'right');
  again.db.close();
});

test('whoever has nobody signed in any more still has nobody after an accident', async () => {
  const { db } = await aFilledMemory();
  const ended = /** @type {const} */ ({ code: 'pin_tries', at: AT, owed: 'x' });
  await db.put('meta', ended, 'ended');
  await writeMirror(db, NAME);
  db.close();
  await refuseToOpen((name) => name === NAME);
  const again = await openMemory({});
  assert.deepEqual([again.held.ended, again.held.outbox.length], [ended, 3]);
  again.db.close();
});

test('a copy that is as it was is not written again', async () => {
  const { db } = await aFilledMemory();
  const text = await writeMirror(db, NAME);
  fakeCaches();
  assert.equal(await writeMirror(db, NAME, text), text);
  assert.equal(await readMirror(), null);
  await enqueue(db, accepting('d'));
  assert.notEqual(await writeMirror(db, NAME, text), text);
  assert.equal((await readMirror())?.outbox.length, 4);
  db.close();
});

test('what a person gives up leaves the copy, and the page’s own memory', async () => {
  const { db } = await aFilledMemory();
  const keeper = new Keeper(db);
  keeper.unsafe = [accepting('d')];
  await discardOutbox(db, keeper);
  assert.deepEqual([await readMirror(), keeper.unsafe, (await readHeld(db)).me], [null, [], ME]);
  await enqueue(db, accepting('e'));
  await writeMirror(db, NAME);
  await discardAll(db, keeper);
  assert.deepEqual([await readMirror(), (await readHeld(db)).me], [null, null]);
  db.close();
});

test('starting afresh does not get round the lock, and asks for nothing where there is none', async () => {
  const { db } = await aFilledMemory();
  await setPin(db, '2468', 5);
  await writeMirror(db, NAME);
  db.close();
  await startAfresh(await readMirror(), new Date(AT));
  const locked = await openMemory({});
  assert.deepEqual(locked.held.ended, { code: 'signed_out', at: AT, owed: ME.csrf });
  assert.deepEqual([locked.held.me, locked.held.outbox], [null, []]);
  locked.db.close();
  await startAfresh(null, new Date(AT));
  const open = await openMemory({});
  assert.deepEqual([open.held.ended, open.held.outbox], [null, []]);
  open.db.close();
});

test('an outbox that is sent from its copy leaves the lock behind', async () => {
  const { db } = await aFilledMemory();
  await setPin(db, '2468', 5);
  await writeMirror(db, NAME);
  db.close();
  const found = await readMirror();
  assert.ok(found);
  mock.method(globalThis, 'fetch', async (/** @type {string} */ path) => Response.json(path === '/api/me' ? ME : { lmid: 3, results: [] }));
  assert.deepEqual(await deliver(found), { sending: 'sent', refused: 0 });
  mock.restoreAll();
  const left = await readMirror();
  assert.deepEqual([left?.outbox, left?.lock], [[], found.lock]);
});

test('actions that only the page knows are not sent in another agent’s name', async () => {
  const { db } = await aFilledMemory();
  await db.clear('outbox');
  const other = { ...ME, agent: anAgent({ id: 2 }) };
  assert.deepEqual(await adopt(db, other, 1), ME);
  assert.equal(await adopt(db, other), null);
  db.close();
});
