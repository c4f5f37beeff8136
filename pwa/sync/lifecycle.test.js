// The long life of a terminal: how it ends, and what is left of it, on a real IndexedDB engine in memory and a server
// that answers what it is told.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach, mock } from 'node:test';
import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import { anAgent, aRequest, docOf } from '../testing/samples.js';
import { NAME, openDatabase } from './db.js';
import { discardOutbox } from './discard.js';
import { Ear } from './ear.js';
import { Engine } from './engine.js';
import { readHeld } from './held.js';
import { Keeper } from './keep.js';
import { comeBack } from './live.js';
import { enqueue } from './outbox.js';
import { adopt, isGivenUp, purge, wipeDocs, wipeStaleDocs } from './ownership.js';
import { applyPull } from './pull.js';

const AT = '2026-11-24T14:00:00.000Z';
const ME = { agent: anAgent(), unit_id: 7, csrf: 'proof', enrolled: true };

/** @type {import('./db.js').Database} */
let db;
/** @type {[string, string, string | null][]} method, path, proof */
let asked;
/** @type {Record<string, [number, unknown]>} what the server answers, by path; what is missing cannot be reached */
let answers;
/** @type {string[]} */
let told;
/** @type {string[]} */
let states;
/** @type {Engine[]} */
let engines = [];

beforeEach(async () => {
  mock.restoreAll();
  mock.timers.reset();
  db?.close();
  await deleteDB(NAME);
  db = await openDatabase();
  [asked, answers, told, states] = [[], {}, [], []];
  mock.method(globalThis, 'fetch', async (/** @type {string} */ path, /** @type {any} */ { method, headers }) => {
    const name = path.split('?')[0];
    asked.push([method, name, headers['X-CSRF-Token'] ?? null]);
    if (!(name in answers)) throw new TypeError('Failed to fetch');
    const [status, body] = answers[name];
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  });
});

afterEach(async () => {
  for (const one of engines.splice(0)) {
    await one.sync();
    await one.signOut();
  }
});

function engine() {
  const made = new Engine(db, {
    changed: () => undefined,
    network: ({ state }) => void states.push(state),
    signedIn: () => told.push('in'),
    signedOut: () => told.push('out'),
    foreign: () => told.push('foreign'),
    full: () => undefined,
    stuck: () => undefined,
    now: () => new Date(AT),
  });
  engines.push(made);
  return made;
}

/** A terminal that holds one request and one action that waits. */
async function working() {
  await adopt(db, ME);
  await db.put('docs', docOf(aRequest()));
  await db.put('meta', '1.7.1.5', 'cursor');
  await db.put('meta', AT, 'contact_at');
  await enqueue(db, { op: 'request.accept', args: { request_id: 'r1' }, at: AT });
  const running = engine();
  await running.start(await readHeld(db));
  return running;
}

for (const code of /** @type {const} */ (['terminal_revoked', 'not_signed_in'])) {
  test(`${code}: the documents go, the outbox stays, and a restart shows nothing either`, async () => {
    for (const path of ['/api/me', '/api/sync/push']) answers[path] = [401, { code }];
    await working();
    const held = await readHeld(db);
    assert.deepEqual([held.docs, held.cursor, held.outbox.length], [[], '', 1]);
    assert.deepEqual(held.ended, { code, at: AT, owed: null });
    assert.deepEqual(told, ['out']);

    answers = {};
    told = [];
    await engine().start(held);
    assert.deepEqual(told, ['out']);
  });
}

test('who serves in no unit is connected, holds nothing, and gets a unit’s requests once they serve in one', { timeout: 20_000 }, async () => {
  answers = { '/api/me': [200, { ...ME, unit_id: null }], '/api/sync/push': [200, { lmid: 1, results: [] }] };
  const timeout = mock.method(globalThis, 'setTimeout');
  const running = await working();
  const held = await readHeld(db);
  assert.deepEqual([held.docs, held.cursor, held.me?.unit_id, states, told], [[], '', null, ['up'], []]);
  assert.deepEqual(asked.filter(([, path]) => path === '/api/sync/pull'), []);
  assert.ok(timeout.mock.calls.some(({ arguments: [, ms] }) => ms === 30_000));

  answers['/api/me'] = [200, ME];
  answers['/api/sync/pull'] = [200, { base: '', cursor: '1.7.1.6', reset: true, docs: [docOf(aRequest())], lmid: 1, results: [], more: false }];
  await running.sync();
  assert.deepEqual([(await readHeld(db)).docs.length, (await readHeld(db)).me?.unit_id], [1, 7]);

  // One that loses it is told so, and learns by itself who they are now.
  answers['/api/me'] = [200, { ...ME, unit_id: null }];
  answers['/api/sync/pull'] = [403, { code: 'not_in_a_unit' }];
  await running.sync();
  assert.deepEqual((await readHeld(db)).docs, []);
  while ((await readHeld(db)).me?.unit_id !== null) await new Promise((resolve) => { setTimeout(resolve, 10); });
  assert.equal(states.at(-1), 'up');
});

test('who signs out while the server is asked who they are stays signed out', async () => {
  answers = { '/api/me': [200, { ...ME, unit_id: null }], '/api/sync/push': [200, { lmid: 1, results: [] }], '/api/sign-out': [204, null] };
  const running = await working();
  /** @type {Promise<unknown> | undefined} */
  let left;
  Object.defineProperty(answers, '/api/me', { configurable: true, enumerable: true, get: () => {
    left ??= running.signOut().then(() => purge(db));
    return [200, { ...ME, unit_id: null }];
  } });
  await running.sync();
  await left;
  assert.equal((await readHeld(db)).me, null);
});

test('an answer from before the network went does not say that it is back', async () => {
  const running = await working();
  answers['/api/me'] = [200, ME];
  answers['/api/sync/push'] = [200, { lmid: 1, results: [] }];
  // The system tells of the loss while the answer is being read.
  Object.defineProperty(answers, '/api/sync/pull', {
    configurable: true,
    enumerable: true,
    get: () => {
      running.lost();
      return [200, { base: '1.7.1.5', cursor: '1.7.1.6', reset: false, docs: [], lmid: 1, results: [], more: false }];
    },
  });
  states = [];
  await running.sync();
  assert.equal((await readHeld(db)).cursor, '1.7.1.6');
  assert.deepEqual(states, ['offline']);
  delete answers['/api/sync/pull'];
});

test('a terminal that is told nothing goes on without network', async () => {
  await working();
  assert.deepEqual(told, []);
  assert.equal((await readHeld(db)).docs.length, 1);
});

test('a forgotten PIN: nothing is left to read, and the sign-in is given up once the server can hear it', async () => {
  const running = await working();
  await running.forget('pin_forgotten');
  assert.deepEqual([(await readHeld(db)).docs, (await readHeld(db)).outbox.length, told], [[], 1, ['out']]);
  assert.deepEqual((await readHeld(db)).ended, { code: 'pin_forgotten', at: AT, owed: 'proof' });

  // The browser still has the cookie: not even a restart may use it for anything but its end.
  answers['/api/me'] = [200, ME];
  answers['/api/sync/pull'] = [200, {}];
  asked = [];
  await engine().start(await readHeld(db));
  await running.sync();
  assert.deepEqual(asked, [['POST', '/api/sign-out', 'proof'], ['POST', '/api/sign-out', 'proof']]);
  answers['/api/sign-out'] = [204, null];
  await running.sync();
  assert.equal((await readHeld(db)).ended?.owed, null);
  asked = [];
  await running.sync();
  assert.deepEqual(asked, []);
});

test('an answer that was on its way when the terminal forgot brings nothing back', async () => {
  await working();
  await db.put('meta', 'c1', 'client');
  await wipeDocs(db, { code: 'pin_tries', at: AT, owed: null });
  const answer = { base: '', cursor: '1.7.1.6', reset: true, docs: [docOf(aRequest())], lmid: 0, results: [], more: false };
  assert.equal(await applyPull(db, answer, { client: 'c1', cursor: '', at: AT }), false);
  assert.deepEqual((await readHeld(db)).docs, []);
});

test('who comes back finds their actions, and sets a new PIN after a lost one only', async () => {
  const lock = { salt: new Uint8Array(16), hash: new Uint8Array(32), iterations: 1, minutes: 5, fails: 0, failed_at: null };
  for (const [code, kept] of /** @type {const} */ ([['not_signed_in', true], ['pin_forgotten', false], ['pin_tries', false]])) {
    await working();
    await db.put('meta', lock, 'lock');
    await wipeDocs(db, { code, at: AT, owed: null });
    assert.equal(isGivenUp((await readHeld(db)).ended), !kept);
    assert.equal(await adopt(db, ME), null);
    const held = await readHeld(db);
    assert.deepEqual([held.ended, Boolean(held.lock), held.outbox.length], [null, kept, 1], code);
    await discardOutbox(db, new Keeper(db));
  }
});

test('signing out without network leaves word for the server', async () => {
  const running = await working();
  assert.equal(await running.signOut(), 'proof');
  answers['/api/sign-out'] = [204, null];
  answers['/api/me'] = [200, ME];
  const other = await working();
  assert.equal(await other.signOut(), null);
});

test('another tab that ends or begins is followed', async () => {
  const running = await working();
  running.follow({ me: ME, ended: null });
  assert.deepEqual(told, []);
  running.follow({ me: ME, ended: { code: 'pin_tries', at: AT, owed: null } });
  running.follow({ me: null, ended: null });
  assert.deepEqual(told, ['out']);
  running.follow({ me: ME, ended: null });
  assert.deepEqual(told, ['out', 'in']);
});

test('seven days without the server are counted while the page stays open', async () => {
  await working();
  assert.equal(await wipeStaleDocs(db, new Date('2026-12-01T14:00:00Z')), false);
  assert.equal(await wipeStaleDocs(db, new Date('2026-12-01T14:00:01Z')), true);
  assert.equal(await wipeStaleDocs(db, new Date('2026-12-01T14:00:02Z')), false);
  assert.deepEqual([(await readHeld(db)).docs, (await readHeld(db)).outbox.length, (await readHeld(db)).ended], [[], 1, null]);
});

test('a socket that the server has closed comes back, later each time', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  /** @type {Record<string, (() => void)[]>} */
  const heard = { connect: [], disconnect: [], connect_error: [] };
  let connects = 0;
  const socket = {
    active: false,
    connect: () => { connects += 1; },
    on: (/** @type {string} */ event, /** @type {() => void} */ listener) => heard[event].push(listener),
  };
  const emit = (/** @type {string} */ event) => heard[event].forEach((listener) => listener());
  const { stop } = comeBack(socket, () => 1);
  emit('disconnect');
  mock.timers.tick(999);
  assert.equal(connects, 0);
  mock.timers.tick(1);
  assert.equal(connects, 1);
  emit('connect_error');
  mock.timers.tick(1999);
  assert.equal(connects, 1);
  mock.timers.tick(1);
  assert.equal(connects, 2);
  emit('connect');
  emit('disconnect');
  mock.timers.tick(1000);
  assert.equal(connects, 3);

  // While the library tries by itself it is left to it.
  socket.active = true;
  emit('disconnect');
  mock.timers.tick(60_000);
  assert.equal(connects, 3);
  socket.active = false;
  emit('disconnect');
  stop();
  mock.timers.tick(60_000);
  assert.equal(connects, 3);
});

test('a poke is answered when it is news; one for everybody within five seconds, once', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let looks = 0;
  let version = Number.NaN;
  const ear = new Ear({ version: async () => version, look: () => { looks += 1; }, live: () => undefined });
  await ear.poked(5);
  assert.equal(looks, 1);
  version = 5;
  await ear.poked(5);
  assert.equal(looks, 1);
  await ear.poked(6);
  assert.equal(looks, 2);
  mock.method(Math, 'random', () => 0.9);
  await ear.poked(null);
  await ear.poked(null);
  mock.timers.tick(4499);
  assert.equal(looks, 2);
  mock.timers.tick(1);
  assert.equal(looks, 3);
  await ear.poked(null);
  ear.close();
  mock.timers.tick(5000);
  assert.equal(looks, 3);
});
