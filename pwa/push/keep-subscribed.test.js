// When a page compares its subscription, and that a person's tap and a comparison never meet half-way.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach, mock } from 'node:test';
import 'fake-indexeddb/auto';
import { Store } from '../store.js';
import { Problem } from '../sync/api.js';
import { openDatabase } from '../sync/db.js';
import { anAgent } from '../testing/samples.js';
import { aManager, aServer, fakePushBrowser, KEY } from '../testing/push.js';
import { keepSubscribed } from './keep-subscribed.js';
import { PATH } from './repair.js';
import { subscribe, toSend } from './subscription.js';

/** @type {import('../sync/db.js').Database} */
let db;
/** @type {Store<any>} */
let store;
/** @type {ReturnType<typeof aManager>} */
let browser;
/** @type {ReturnType<typeof aServer>} */
let server;
/** @type {import('./keep-subscribed.js').Push} */
let push;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  db = await openDatabase();
  browser = aManager();
  server = aServer();
  fakePushBrowser(browser);
  store = new Store({ phase: 'ready', held: { me: { agent: anAgent(), enrolled: true } }, network: { state: 'connecting' }, language: 'fr' });
  push = keepSubscribed({ store, db, engine: /** @type {any} */ ({ ask: (/** @type {Parameters<typeof server.ask>} */ ...asked) => server.ask(...asked) }) });
});

afterEach(() => {
  db.close();
  mock.timers.reset();
  mock.restoreAll();
});

/** Whatever the page does by itself has been done. */
const idle = () => push.alone(async () => undefined);
/** @param {object} changes */
const settle = async (changes) => {
  store.set(changes);
  await new Promise((resolve) => setImmediate(resolve));
  await idle();
};
const looks = () => server.asked.filter(([method, path]) => method === 'GET' && path === PATH).length;

test('a comparison waits for the tap that is under way, and finds what it has done', async () => {
  const tap = push.alone(async () => {
    const own = await subscribe(browser.manager, KEY.now);
    await new Promise((resolve) => setImmediate(resolve));
    await server.ask('PUT', PATH, toSend(own, 'fr', null));
    await push.wish({ quiet: null, language: 'fr' });
  });
  await Promise.all([push.compare(), tap]);
  assert.ok(browser.state.own);
  assert.equal(server.state.kept.endpoint, browser.state.own.endpoint);
});

test('a page compares once the server answers, once for each agent and language', async () => {
  assert.equal(looks(), 0);
  await settle({ network: { state: 'up' } });
  await settle({ now: 1 });
  assert.equal(looks(), 1);
  await settle({ language: 'en' });
  assert.equal(looks(), 2);
  await settle({ held: { me: { agent: anAgent({ id: 2 }), enrolled: false } } });
  assert.equal(looks(), 2);
});

test('a page that stays open for weeks finds that the server has lost its terminal', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-24T14:00:00Z') });
  await push.wish({ quiet: null, language: 'fr' });
  await settle({ network: { state: 'up' } });
  const endpoint = () => server.state.kept?.endpoint;
  const before = endpoint();
  server.state.kept = null;
  mock.timers.tick(3 * 3600 * 1000);
  await settle({ now: 1 });
  assert.equal(server.state.kept, null);
  mock.timers.tick(2 * 3600 * 1000);
  await settle({ now: 2 });
  assert.notEqual(endpoint() ?? before, before);
});

test('the same agent who comes back with a new terminal is compared again', async () => {
  const { held } = store.state;
  await settle({ network: { state: 'up' } });
  await settle({ phase: 'signed-out' });
  await settle({ phase: 'ready', held });
  assert.equal(looks(), 2);
  await settle({ held: { me: { ...held.me, enrolled: false } } });
  await settle({ held });
  assert.equal(looks(), 3);
});

test('a sign-in that has ended meanwhile is no comparison, any other refusal is one', async () => {
  const { ask } = server;
  const after = async (/** @type {number} */ status) => {
    server.ask = async () => { throw new Problem(status, 'refused', {}); };
    await settle({ phase: 'signed-out' });
    await settle({ phase: 'ready' });
    server.ask = ask;
    const before = looks();
    clock += 61_000;
    await settle({ now: clock });
    return looks() - before;
  };
  let clock = 100_000;
  mock.method(performance, 'now', () => clock);
  mock.method(console, 'warn', () => undefined);
  await settle({ network: { state: 'up' } });
  assert.deepEqual([await after(401), await after(403), await after(422), await after(503)], [1, 1, 0, 1]);
});
