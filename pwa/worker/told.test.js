// What is on the lock screen: together, replaced, closed; and what the server hears of it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { afterEach, beforeEach } from 'node:test';
import 'fake-indexeddb/auto';
import { openDatabase } from '../sync/db.js';
import { clientId, enqueue } from '../sync/outbox.js';
import { adopt } from '../sync/ownership.js';
import { fakeCaches, fakeLocalStorage } from '../testing/browser.js';
import { anAgent, aRequest, docOf } from '../testing/samples.js';
import { aWorker, WORKER_SCRIPTS } from '../testing/worker.js';

const ME = { agent: anAgent(), unit_id: 7, csrf: 'proof' };
const AT = '2026-11-24T14:00:00.000Z';
const scripts = await Promise.all(WORKER_SCRIPTS.map((name) => readFile(new URL(`../${name}`, import.meta.url), 'utf8')));

/** @type {import('../sync/db.js').Database} */
let db;
/** @type {ReturnType<typeof aWorker>} */
let worker;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  fakeCaches();
  fakeLocalStorage();
  db = await openDatabase();
  await adopt(db, ME);
  await clientId(db);
  worker = aWorker(scripts.join('\n'));
});

afterEach(() => db.close());

/**
 * @param {string} tag
 * @param {object} [more]
 * @param {object} [facts]
 */
const push = (tag, more = {}, facts = {}) => worker.dispatch('push', {
  data: { json: () => ({ web_push: 8030, notification: { title: 'Une demande attend', body: 'Ouvrez le terminal.', navigate: '/terminal/#/demandes', tag, silent: false, data: facts, ...more } }) },
});
const taken = (/** @type {string} */ tag) => push(tag, { title: 'Prise en charge', silent: true }, { taken: '1' });
const shown = () => worker.shown.map(({ tag, title }) => [tag, title]);

/** @param {...string} ids */
async function pushRequests(...ids) {
  for (const id of ids) await push(`request-${id}`, {}, { receipt: `call-${id}` });
}

test('three requests become one line, which the third rings for and the fourth does not', async () => {
  await pushRequests('a', 'b');
  assert.deepEqual(shown(), [['request-a', 'Une demande attend'], ['request-b', 'Une demande attend']]);
  await pushRequests('c');
  assert.deepEqual(shown(), [['requests', '3 demandes attendent']]);
  assert.equal(worker.shown[0].silent, false);
  assert.deepEqual(worker.shown[0].actions, [{ action: 'open', title: 'Voir' }]);
  await pushRequests('d');
  assert.deepEqual(shown(), [['requests', '4 demandes attendent']]);
  assert.equal(worker.shown[0].silent, true);
});

test('a later step of the ladder rings again, the same message twice does not', async () => {
  await pushRequests('a');
  await push('request-a', { renotify: true }, { receipt: 'call-a-later' });
  assert.equal(worker.shown[0].renotify, true);
  await push('request-a', { renotify: true }, { receipt: 'call-a-later' });
  assert.equal(worker.shown[0].renotify, false);
  await pushRequests('b', 'c');
  await push('request-b', {}, { receipt: 'call-b-later' });
  assert.deepEqual([shown(), worker.shown[0].silent, worker.shown[0].renotify], [[['requests', '3 demandes attendent']], false, true]);
});

test('what a colleague has taken is said in its place, without a sound', async () => {
  await pushRequests('a', 'b');
  await taken('request-a');
  assert.deepEqual(shown(), [['request-b', 'Une demande attend'], ['request-a', 'Prise en charge']]);
  // It waits no longer, so it does not count.
  await pushRequests('c');
  assert.equal(worker.shown.length, 3);
});

test('what was taken leaves the line, and the last one ends it', async () => {
  await pushRequests('a', 'b', 'c');
  await taken('request-b');
  assert.deepEqual([shown(), worker.shown[0].silent], [[['requests', '2 demandes attendent']], true]);
  await taken('request-a');
  assert.deepEqual(shown(), [['requests', 'Une demande attend']]);
  await taken('request-c');
  assert.deepEqual(shown(), [['request-c', 'Prise en charge']]);
});

test('a word about what has left the line already, or never was in it, leaves the line alone', async () => {
  await pushRequests('a', 'b', 'c', 'd');
  await hold('d', 'accepted');
  await tidy();
  assert.deepEqual(shown(), [['requests', '3 demandes attendent']]);
  await taken('request-d');
  await taken('request-other');
  assert.deepEqual(shown(), [['requests', '3 demandes attendent'], ['request-d', 'Prise en charge'], ['request-other', 'Prise en charge']]);
  // It still is the line of all three.
  await taken('request-a');
  assert.deepEqual(shown().at(-1), ['requests', '2 demandes attendent']);
});

test('appointments and tests stay by themselves', async () => {
  for (const tag of ['appointment-1', 'appointment-2', 'appointment-3', 'test']) await push(tag);
  assert.equal(worker.shown.length, 4);
});

/** @param {string} id @param {string} state */
const hold = (id, state) => db.put('docs', docOf(aRequest({ id, state: /** @type {any} */ (state) })));
const tidy = () => worker.dispatch('message', { data: 'tidy' });

test('what waits no longer is closed once the terminal has heard, and nothing else', async () => {
  await pushRequests('a', 'b');
  await push('appointment-x');
  await push('appointment-y');
  await push('test');
  await hold('a', 'accepted');
  await hold('b', 'waiting');
  await db.put('docs', { k: 'appointment/x', v: 1, body: /** @type {any} */ ({ id: 'x', state: 'confirmed' }) });
  await db.put('docs', { k: 'appointment/y', v: 1, body: /** @type {any} */ ({ id: 'y', state: 'requested' }) });
  await tidy();
  assert.deepEqual(worker.shown.map(({ tag }) => tag), ['request-b', 'appointment-y', 'test']);
});

test('a request that this terminal has not heard of yet is not closed', async () => {
  await pushRequests('new');
  await tidy();
  assert.equal(worker.shown.length, 1);
});

test('what was done here and not sent yet counts as done, a look does not', async () => {
  await hold('a', 'waiting');
  await hold('b', 'waiting');
  await pushRequests('a', 'b');
  await enqueue(db, { op: 'request.accept', args: { request_id: 'a' }, at: AT });
  await enqueue(db, { op: 'request.seen', args: { request_id: 'b' }, at: AT });
  await tidy();
  assert.deepEqual(worker.shown.map(({ tag }) => tag), ['request-b']);
});

test('the line loses what was taken, and goes with the last', async () => {
  await pushRequests('a', 'b', 'c');
  await hold('a', 'accepted');
  await tidy();
  assert.deepEqual([shown(), worker.shown[0].silent], [[['requests', '2 demandes attendent']], true]);
  await hold('b', 'done');
  await hold('c', 'transferred');
  await tidy();
  assert.deepEqual(shown(), []);
});

test('a pull without a page closes too, and leaves the answer to one’s own tap', async () => {
  worker.state.answer = (path, body) => (path === '/api/sync/push'
    ? [200, { lmid: 1, results: [{ seq: body.mutations[0].seq, op: '', status: 'applied', code: null }] }]
    : [200, { base: '', cursor: '1.7.1.5', reset: true, docs: ['a', 'b'].map((id) => docOf(aRequest({ id, state: 'accepted' }))), lmid: 1, results: [], more: false }]);
  await pushRequests('a', 'b');
  const [{ tag, data }] = worker.shown;
  await worker.dispatch('notificationclick', { action: 'accept', notification: { tag, data: { ...data, request_id: 'a' }, close: () => undefined } });
  assert.deepEqual(worker.shown.map((one) => [one.tag, one.body]), [['request-a', 'C’est fait.']]);
});

test('a push that comes while the worker tidies is not lost from the line', async () => {
  await pushRequests('a', 'b', 'c');
  await hold('a', 'accepted');
  /** @type {Promise<void> | undefined} */
  let meanwhile;
  worker.state.answer = () => {
    worker.state.looked = () => { meanwhile ??= pushRequests('d'); };
    return [200, { base: '', cursor: '1.7.1.5', reset: false, docs: [], lmid: 0, results: [], more: false }];
  };
  await worker.dispatch('sync', {});
  await meanwhile;
  assert.deepEqual(shown(), [['requests', '3 demandes attendent']]);
});

/** @param {string} id */
async function acceptFrom(id) {
  const one = worker.shown.find(({ tag }) => tag === `request-${id}`);
  await worker.dispatch('notificationclick', { action: 'accept', notification: { tag: one.tag, data: { ...one.data, request_id: id }, close: () => one.close() } });
}
const bodies = () => worker.shown.map(({ tag, body }) => [tag, body]);
const NOTED = 'C’est noté. L’envoi suivra dès le retour du réseau.';
const TOO_LATE = 'Trop tard\u202f: un collègue l’a prise.';

/** @param {string | null} code why the server refuses */
function hear(code) {
  worker.state.answer = (path, body) => {
    if (path !== '/api/sync/push') return [200, { base: '', cursor: '1.7.1.5', reset: false, docs: [], lmid: 1, results: code ? [{ seq: 1, op: '', status: 'rejected', code }] : [], more: false }];
    return [200, { lmid: 1, results: [{ seq: body.mutations[0].seq, op: '', status: code ? 'rejected' : 'applied', code }] }];
  };
}

test('whom a colleague has forestalled reads so, also when the server’s word comes before the answer', async () => {
  await pushRequests('a');
  await acceptFrom('a');
  await taken('request-a');
  assert.deepEqual(bodies(), [['request-a', NOTED]]);
  hear('already_accepted');
  await worker.dispatch('sync', {});
  assert.deepEqual(bodies(), [['request-a', TOO_LATE]]);
  // It says more than the server's word, which may come now.
  await taken('request-a');
  assert.deepEqual([bodies(), worker.shown[0].silent], [[['request-a', TOO_LATE]], true]);
});

test('what was accepted here does not ring again while it waits to be sent, and does not count in the line', async () => {
  await pushRequests('a');
  await acceptFrom('a');
  await pushRequests('b', 'c');
  await push('request-a', { renotify: true, actions: [{ action: 'accept', title: 'Accepter' }] }, { receipt: 'call-a-later' });
  const { silent, actions } = worker.shown.at(-1);
  assert.deepEqual([bodies().at(-1), silent, actions], [['request-a', NOTED], true, undefined]);
  await pushRequests('d');
  assert.deepEqual(shown(), [['request-a', 'Brigade numérique'], ['requests', '3 demandes attendent']]);
});

test('a push about what was accepted here sends it, where no system wakes the worker', async () => {
  await pushRequests('a');
  await acceptFrom('a');
  hear(null);
  await push('request-a', { renotify: true }, { receipt: 'call-a-later' });
  assert.deepEqual(bodies(), [['request-a', 'C’est fait.']]);
  // A request that comes back later is a new one.
  await pushRequests('a');
  assert.deepEqual(shown(), [['request-a', 'Une demande attend']]);
});

test('nothing stays where nobody is signed in any more', async () => {
  await pushRequests('a', 'b', 'c');
  await db.put('meta', { code: 'pin_tries', at: AT, owed: '' }, 'ended');
  await tidy();
  assert.deepEqual(shown(), []);
});

test('the server hears what became of a message, and a lost word is no harm', async () => {
  worker.state.answer = () => [204, null];
  await push('test', {}, { receipt: 'signed' });
  await worker.dispatch('notificationclick', { action: '', notification: { tag: 'test', data: worker.shown[0].data, close: () => undefined } });
  assert.deepEqual(worker.receipts, ['received', 'shown', 'opened'].map((what) => ({ receipt: 'signed', what })));
  await push('test');
  assert.equal(worker.receipts.length, 3);
  worker.state.answer = () => { throw new TypeError('no network'); };
  await push('request-a', {}, { receipt: 'other' });
  assert.deepEqual(worker.shown.map(({ tag }) => tag), ['test', 'request-a']);
});

test('a message that could not be shown is received and not shown', async () => {
  worker.state.answer = () => [204, null];
  await push('test', { title: undefined }, { receipt: 'signed' });
  assert.deepEqual(worker.receipts, [{ receipt: 'signed', what: 'received' }]);
  assert.deepEqual(worker.shown.map(({ body }) => body), ['Vous avez un message.']);
});

test('a subscription that the browser let go of is made anew without a page, with its quiet hours', async () => {
  /** @type {any[]} */
  const put = [];
  worker.state.subscribe = (key) => ({ toJSON: () => ({ endpoint: `https://push.example/${key}`, expirationTime: null, keys: { p256dh: 'p', auth: 'a' } }) });
  worker.state.answer = (path, body, headers, method) => {
    if (method) put.push([method, path, headers['X-CSRF-Token'], body]);
    return [200, { fingerprint: 'x', vapid_key: 'old', quiet: { from: '22:00', until: '07:00' }, key: 'new' }];
  };
  await worker.dispatch('pushsubscriptionchange', {});
  assert.deepEqual(put, [['PUT', '/api/terminals/this/push-subscription', 'proof', {
    endpoint: 'https://push.example/new', keys: { p256dh: 'p', auth: 'a' }, vapid_key: 'new', language: 'fr', quiet: { from: '22:00', until: '07:00' },
  }]]);
});

test('where that does not work by itself a page is told, which knows how to go on', async () => {
  const pages = new BroadcastChannel('terminal');
  /** @type {(news: string) => void} */
  let hear = () => undefined;
  pages.onmessage = ({ data }) => hear(data);
  const cases = [
    () => [200, { quiet: null, key: 'new' }], // The browser refuses.
    () => [404, { code: 'no_push_subscription' }],
    () => { throw new TypeError('no network'); },
  ];
  for (const answer of cases) {
    worker.state.answer = /** @type {any} */ (answer);
    const heard = new Promise((resolve) => { hear = resolve; });
    await worker.dispatch('pushsubscriptionchange', {});
    assert.equal(await heard, 'push-subscription-change');
  }
  pages.close();
});
