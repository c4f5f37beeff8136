// When a page has its worker look at what is on the lock screen.

import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import 'fake-indexeddb/auto';
import { Store } from '../store.js';
import { fakeCaches, fakeLocalStorage } from '../testing/browser.js';
import { anAgent } from '../testing/samples.js';
import { careFor } from './care.js';
import { openDatabase } from './db.js';

/** @type {import('./db.js').Database} */
let db;
/** @type {Store<any>} */
let store;
/** @type {string[]} */
let posted;
/** @type {(registration: any) => void} */
let worksNow;
const registration = {
  active: { postMessage: (/** @type {string} */ word) => void posted.push(word) },
  getNotifications: async () => [{ tag: 'request-a', data: {}, close: () => assert.fail('closed by the page') }],
};
const held = () => ({ me: { agent: anAgent() }, outbox: [], docs: [] });

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  fakeCaches();
  fakeLocalStorage();
  db = await openDatabase();
  posted = [];
  const ready = new Promise((resolve) => { worksNow = resolve; });
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { storage: {}, serviceWorker: { ready, getRegistration: async () => undefined, addEventListener: () => undefined } } });
  // A page that is not complete yet has not asked for its worker.
  Object.assign(globalThis, { document: { readyState: 'loading' }, addEventListener: () => undefined });
  store = new Store({ phase: 'ready', held: held(), network: { state: 'connecting' }, language: 'fr', storage: 'safe' });
  careFor({ db, store, keeper: /** @type {any} */ ({ unsafe: [] }) });
});

/** @param {object} changes */
async function settle(changes) {
  store.set(changes);
  await new Promise((resolve) => setImmediate(resolve));
}

test('what was held before the first pull closes nothing, what was pulled does', async () => {
  worksNow(registration);
  await settle({});
  // The server has said who this is, and nothing else yet.
  await settle({ held: held() });
  assert.deepEqual(posted, []);
  await settle({ network: { state: 'up' } });
  await settle({ held: held() });
  assert.deepEqual(posted, ['tidy']);
  // What is done without network counts as done.
  await settle({ network: { state: 'offline' } });
  await settle({ held: held() });
  await settle({ now: 1 });
  assert.deepEqual(posted, ['tidy', 'tidy']);
});

test('a worker that comes after the first pull hears of it', async () => {
  await settle({ network: { state: 'up' } });
  await settle({ held: held() });
  worksNow(registration);
  await settle({});
  assert.deepEqual(posted, ['tidy']);
});
