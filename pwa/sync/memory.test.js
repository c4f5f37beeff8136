// What becomes of the outbox when the terminal's memory is damaged: on a real IndexedDB engine in memory.

import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import 'fake-indexeddb/auto';
import { fakeCaches, fakeLocalStorage } from '../testing/browser.js';
import { accepting, aFilledMemory, ME, refuseToOpen } from '../testing/memory.js';
import { anAgent } from '../testing/samples.js';
import { NAME, openDatabase } from './db.js';
import { Keeper } from './keep.js';
import { readHeld } from './held.js';
import { openMemory } from './memory.js';
import { readMirror, writeMirror } from './mirror.js';
import { clientId, enqueue } from './outbox.js';
import { purge } from './ownership.js';
import { merge, Unusable } from './rescue.js';

/** @param {string} name */
const quota = (name) => new DOMException('no', name);

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  fakeCaches();
  fakeLocalStorage();
  console.error = () => undefined;
});

test('a first start finds nothing and asks for nothing', async () => {
  const { db, held, rescued } = await openMemory({});
  assert.deepEqual([db.name, held.outbox, held.me, rescued], [NAME, [], null, 0]);
  db.close();
});

test('a database that the browser has thrown away gets its outbox back, under the same numbers', async () => {
  const { db, client } = await aFilledMemory();
  db.close();
  globalThis.indexedDB = new IDBFactory();
  const again = await openMemory({});
  assert.equal(again.rescued, 3);
  assert.deepEqual(again.held.outbox.map(({ seq, args }) => [seq, args.request_id]), [[1, 'a'], [2, 'b'], [3, 'c']]);
  assert.equal(again.held.me?.agent.id, ME.agent.id);
  assert.equal(await clientId(again.db), client);
  assert.equal((await enqueue(again.db, accepting('d'))).seq, 4);
  again.db.close();
});

test('a database of a newer version is used as it is', async () => {
  const { db } = await aFilledMemory();
  db.close();
  (await openDatabase({}, NAME, 7)).close();
  const again = await openMemory({});
  assert.deepEqual([again.db.version, again.held.outbox.length, again.rescued], [7, 3, 0]);
  again.db.close();
});

test('a store that is missing is made, and the others keep what they have', async () => {
  const { db } = await aFilledMemory();
  db.close();
  await new Promise((resolve) => {
    const asked = indexedDB.open(NAME, 2);
    asked.onupgradeneeded = () => asked.result.deleteObjectStore('conflicts');
    asked.onsuccess = () => resolve(asked.result.close());
  });
  const again = await openMemory({});
  assert.deepEqual([again.held.outbox.length, again.held.conflicts], [3, []]);
  again.db.close();
});

test('a database that cannot be opened is left behind, with the outbox moved to another name', async () => {
  const { db, client } = await aFilledMemory();
  db.close();
  await refuseToOpen((name) => name === NAME);
  const again = await openMemory({});
  assert.deepEqual([again.db.name, again.rescued, again.held.outbox.length], ['terminal-2', 3, 3]);
  assert.equal(await clientId(again.db), client);
  assert.equal((await readMirror())?.name, 'terminal-2');
  await enqueue(again.db, accepting('d'));
  again.db.close();
  // The next start goes there at once.
  const third = await openMemory({});
  assert.deepEqual([third.db.name, third.held.outbox.length, third.rescued], ['terminal-2', 4, 0]);
  third.db.close();
});

for (const copied of [true, false]) {
  test(`one record that cannot be read costs the others nothing${copied ? ', and the copy still has it' : ''}`, async () => {
    (await aFilledMemory()).db.close();
    if (!copied) fakeCaches();
    const { get, getAll } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.getAll = function broken(/** @type {any[]} */ ...args) {
      if (this.transaction.db.name === NAME && this.name === 'outbox') throw quota('UnknownError');
      return Reflect.apply(getAll, this, args);
    };
    IDBObjectStore.prototype.get = function broken(/** @type {any} */ key) {
      if (this.transaction.db.name === NAME && this.name === 'outbox' && key === 2) throw quota('UnknownError');
      return get.call(this, key);
    };
    try {
      const { db, held } = await openMemory({});
      assert.deepEqual(held.outbox.map(({ seq, args }) => [seq, args.request_id]), copied ? [[1, 'a'], [2, 'b'], [3, 'c']] : [[1, 'a'], [3, 'c']]);
      db.close();
    } finally {
      Object.assign(IDBObjectStore.prototype, { get, getAll });
    }
  });
}

test('without any database what was found of the outbox is handed to the screen', async () => {
  (await aFilledMemory()).db.close();
  await refuseToOpen(() => true);
  await assert.rejects(openMemory({}), (error) => {
    assert.ok(error instanceof Unusable);
    assert.deepEqual(error.found?.outbox.map(({ args }) => args.request_id), ['a', 'b', 'c']);
    return true;
  });
});

test('actions of nobody known go out in nobody’s name', async () => {
  const db = await openDatabase();
  await enqueue(db, accepting('a'));
  await writeMirror(db, NAME);
  db.close();
  globalThis.indexedDB = new IDBFactory();
  await assert.rejects(openMemory({}), (error) => error instanceof Unusable && error.found?.outbox.length === 1);
});

test('what has left the terminal leaves the copy too', async () => {
  const { db } = await aFilledMemory();
  assert.equal((await readMirror())?.outbox.length, 3);
  await purge(db);
  await writeMirror(db, NAME);
  assert.equal(await readMirror(), null);
  db.close();
});

test('a copy of another outbox is not mixed in', () => {
  const entry = { seq: 1, ...accepting('a') };
  const raw = { name: NAME, client: 'one', seq: 1, me: ME, outbox: [entry], lock: undefined, ended: undefined };
  assert.deepEqual(merge(raw, { ...raw, client: 'other', outbox: [{ ...entry, seq: 9 }] }), raw);
  assert.deepEqual(merge(null, raw), raw);
  assert.deepEqual(merge({ ...raw, client: undefined, outbox: [] }, { ...raw, seq: 3 }), { ...raw, seq: 3 });
});

test('a full device keeps what was done in memory, in order, and stores it once there is room', async () => {
  const { db } = await aFilledMemory();
  const keeper = new Keeper(db);
  const before = await readHeld(db);
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = () => { throw quota('QuotaExceededError'); };
  try {
    await keeper.keep(accepting('d'));
    await keeper.keep(accepting('e'));
  } finally {
    IDBObjectStore.prototype.add = add;
  }
  const shown = keeper.shown(await readHeld(db), before);
  assert.deepEqual(shown.outbox.map(({ args, unsafe }) => [args.request_id, Boolean(unsafe)]), [['a', false], ['b', false], ['c', false], ['d', true], ['e', true]]);
  await keeper.retry();
  assert.deepEqual(keeper.unsafe, []);
  assert.deepEqual((await readHeld(db)).outbox.map(({ seq, args }) => [seq, args.request_id]), [[1, 'a'], [2, 'b'], [3, 'c'], [4, 'd'], [5, 'e']]);
  db.close();
});

test('documents make room for an action, and stay on screen until they come again', async () => {
  const { db } = await aFilledMemory();
  await db.put('docs', { k: 'request/r1', v: 1, body: /** @type {any} */ ({ id: 'r1' }) });
  await db.put('meta', '1.7.1.5', 'cursor');
  const before = await readHeld(db);
  const { add } = IDBObjectStore.prototype;
  let refused = 0;
  IDBObjectStore.prototype.add = function once(/** @type {any[]} */ ...args) {
    if (refused++ === 0) throw quota('QuotaExceededError');
    return Reflect.apply(add, this, args);
  };
  const keeper = new Keeper(db);
  try {
    await keeper.keep(accepting('d'));
  } finally {
    IDBObjectStore.prototype.add = add;
  }
  const held = await readHeld(db);
  assert.deepEqual([held.docs, held.cursor, held.outbox.length], [[], '', 4]);
  assert.deepEqual([keeper.shown(held, before).docs.length, keeper.shown(held, before).cursor], [1, '1.7.1.5']);
  // Not for whoever signs in next.
  assert.equal(keeper.shown({ ...held, me: { ...ME, agent: anAgent({ id: 2 }) } }, before).docs.length, 0);
  db.close();
});
