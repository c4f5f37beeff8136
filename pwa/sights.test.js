// That a request was opened, told once for each of its waits, and never shown as something that waits.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';
import 'fake-indexeddb/auto';
import { reportSights } from './sights.js';
import { Store } from './store.js';
import { openDatabase } from './sync/db.js';
import { readHeld } from './sync/held.js';
import { clientId, enqueue } from './sync/outbox.js';
import { adopt } from './sync/ownership.js';
import { applyPull } from './sync/pull.js';
import { fakeCaches } from './testing/browser.js';
import { anAgent, aRequest, docOf } from './testing/samples.js';
import { emptyForms } from './ui/forms.js';

const ME = { agent: anAgent(), unit_id: 7, csrf: 'proof' };
const AT = '2026-11-24T14:00:00.000Z';
const RELEASED = { id: 5, name: 'request_released', at: AT, by: 'Lou Petit' };

/** @type {import('./sync/db.js').Database} */
let db;
/** @type {Store<any>} */
let store;
let synced = 0;
/** @type {() => Promise<void>} */
let settled;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  fakeCaches();
  db = await openDatabase();
  await adopt(db, ME);
  await clientId(db);
  synced = 0;
  store = new Store({ phase: 'ready', held: await readHeld(db), route: { screen: 'inbox', id: null }, forms: emptyForms(), locked: false });
  settled = reportSights({
    store,
    engine: /** @type {any} */ ({ sync: () => { synced += 1; } }),
    db,
    refresh: async () => store.set({ held: await readHeld(db) }),
  });
});

afterEach(() => db.close());

/** @param {...import('./types').RequestDoc} requests */
async function hold(...requests) {
  await db.clear('docs');
  for (const one of requests) await db.put('docs', docOf(one));
  store.set({ held: await readHeld(db) });
  await settled();
}

/** @param {string | null} id @param {string} [screen] */
async function open(id, screen = id ? 'request' : 'inbox') {
  store.set({ route: { screen, id } });
  await settled();
}

const sights = async () => (await db.getAll('outbox')).map(({ seq, op, args }) => [seq, op, args.request_id]);

test('opening a request that waits is told once, also after a restart of the page', async () => {
  await hold(aRequest());
  await open('r1');
  await open(null);
  await open('r1');
  assert.deepEqual(await sights(), [[1, 'request.seen', 'r1']]);
  assert.equal(synced, 1);
  assert.deepEqual(await db.get('meta', 'seen'), { r1: 1 });
});

test('its steps are not another look, and a request that somebody has is none', async () => {
  await hold(aRequest(), aRequest({ id: 'r2', state: 'accepted', accepted_by: { id: 2, name: 'Lou Petit' } }));
  await open('r1', 'note');
  await open('r2');
  assert.deepEqual(await sights(), []);
});

test('one that comes while its place is open is seen when it is there', async () => {
  await open('r1');
  await hold(aRequest());
  assert.deepEqual(await sights(), [[1, 'request.seen', 'r1']]);
});

test('when it waits again it can be seen again, by whoever opens it then', async () => {
  await hold(aRequest());
  await open('r1');
  // It is on screen when a colleague gives it back: nobody has come to look.
  await hold(aRequest({ state: 'accepted', accepted_by: { id: 2, name: 'Lou Petit' } }));
  await hold(aRequest({ history: [RELEASED] }));
  assert.equal((await sights()).length, 1);
  await open(null);
  await open('r1');
  assert.equal((await sights()).length, 2);
});

test('whoever gives it back has not come to look', async () => {
  await hold(aRequest({ history: [{ ...RELEASED, by: ME.agent.name }] }));
  await open('r1');
  assert.deepEqual(await sights(), []);
});

test('behind the lock nothing is seen', async () => {
  await hold(aRequest());
  store.set({ held: { ...store.state.held, lock: { minutes: 5, fails: 0, failed_at: null } }, locked: true });
  await open('r1');
  assert.deepEqual(await sights(), []);
  store.set({ locked: false });
  await settled();
  assert.deepEqual(await sights(), [[1, 'request.seen', 'r1']]);
});

test('what is remembered of looks ends with the waits', async () => {
  await hold(aRequest(), aRequest({ id: 'r2' }));
  await open('r1');
  await hold(aRequest({ state: 'done' }), aRequest({ id: 'r2' }));
  await open('r2');
  assert.deepEqual(await db.get('meta', 'seen'), { r2: 1 });
});

test('a look never shows as something that waits, nor keeps anybody out', async () => {
  await hold(aRequest());
  await open('r1');
  const held = await readHeld(db);
  assert.deepEqual(held.outbox, []);
  assert.equal(await adopt(db, { ...ME, agent: anAgent({ id: 2 }) }), null);
  await adopt(db, ME);
  await enqueue(db, { op: 'request.accept', args: { request_id: 'r1' }, at: AT });
  assert.equal((await adopt(db, { ...ME, agent: anAgent({ id: 2 }) }))?.agent.id, 1);
});

test('a look that the server could not note is no card', async () => {
  await hold(aRequest());
  await open('r1');
  const result = { seq: 1, op: 'request.seen', status: /** @type {const} */ ('error'), code: 'unexpected' };
  const client = await clientId(db);
  const received = await applyPull(db, { base: '', cursor: '1.7.1.5', reset: false, docs: [], lmid: 1, results: [result], more: false }, { client, cursor: '', at: AT });
  assert.equal(received, true);
  assert.deepEqual([await db.count('outbox'), await db.count('conflicts')], [0, 0]);
});
