// The page of a terminal's notifications, where the browser or the server says no.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach, mock } from 'node:test';
import 'fake-indexeddb/auto';
import { Store } from '../store.js';
import { Offline, Problem } from '../sync/api.js';
import { openDatabase } from '../sync/db.js';
import { anAgent } from '../testing/samples.js';
import { aManager, aServer, fakePushBrowser, KEY } from '../testing/push.js';
import { pushActions } from './push-actions.js';

// A page says there what it leaves to its next look, also after the test.
mock.method(console, 'warn', () => undefined);

/** @type {import('../sync/db.js').Database} */
let db;
/** @type {Store<any>} */
let store;
/** @type {ReturnType<typeof aManager>} */
let browser;
/** @type {ReturnType<typeof aServer>} */
let server;
/** @type {string[]} */
let focused;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  db = await openDatabase();
  browser = aManager();
  server = aServer();
  focused = [];
  fakePushBrowser(browser);
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {() => void} */ run) => run(),
    document: { querySelector: (/** @type {string} */ selector) => ({ focus: () => focused.push(selector) }), getElementById: () => null },
    matchMedia: () => ({ matches: false }),
  });
  const held = { me: { agent: anAgent(), enrolled: true } };
  store = new Store({ phase: 'ready', locked: false, held, network: { state: 'up' }, language: 'fr', route: { screen: 'settings', id: 'notifications' }, forms: { life: {} } });
});

afterEach(() => db.close());

const form = () => store.state.forms.life.push;

/** The page, once it has looked. */
async function atThePage() {
  const acts = pushActions(/** @type {any} */ ({ store, db, engine: { ask: (/** @type {Parameters<typeof server.ask>} */ ...asked) => server.ask(...asked) } }));
  await new Promise((resolve) => {
    const look = () => form()?.status !== 'loading' && resolve(undefined);
    store.subscribe(look);
    look();
  });
  return acts;
}

/** @param {'default' | 'denied'} permission */
const answers = (permission) => Object.assign(globalThis.Notification, { permission, requestPermission: async () => permission });

test('a push service that is blocked takes nothing of the page away', async () => {
  browser.state.refuses = () => new DOMException('blocked', 'AbortError');
  const quiet = { from: '22:00', until: '07:00' };
  server.state.kept = { endpoint: 'https://push.example/gone', fingerprint: 'x', vapid_key: KEY.now, quiet };
  const acts = await atThePage();
  const { status, on, error, code } = form();
  assert.deepEqual({ status, on, error, code, quiet: form().quiet }, { status: 'ready', on: true, error: 'push_no_service', code: 'AbortError', quiet });
  await acts.turnOff();
  assert.deepEqual([server.state.kept, form().on, form().done], [null, false, 'push_is_off']);
});

test('a server that refuses or is away is said instead, with its own word', async () => {
  for (const [error, status, code] of /** @type {[Error, string, string][]} */ ([
    [new Offline('no answer'), 'offline', ''],
    [new Problem(503, 'database_away', {}), 'error', 'database_away'],
  ])) {
    store.set({ forms: { life: {} } });
    server.ask = async () => { throw error; };
    await atThePage();
    assert.deepEqual([form().status, form().code], [status, code]);
  }
});

test('after a no to the browser’s question the way back is read', async () => {
  answers('default');
  const acts = await atThePage();
  await acts.turnOn();
  // Whoever only closed the question can be asked again: the button stays.
  assert.deepEqual(focused, []);
  answers('denied');
  await acts.turnOn();
  assert.deepEqual([focused, form().busy, form().on], [['#push-refused'], false, false]);
});

test('a test without the permission says what can be done about it', async () => {
  answers('default');
  const acts = await atThePage();
  await acts.testPush();
  assert.equal(form().test.help, 'test_help_permission');
  // There is nothing to turn on "above" any more.
  answers('denied');
  await acts.testPush();
  assert.equal(form().test.help, 'push_refused_desktop');
});
