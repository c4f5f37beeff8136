// The service worker's scripts as the build joins them, in a scope of the test's own.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { afterEach, beforeEach } from 'node:test';
import 'fake-indexeddb/auto';
import { NAME, openDatabase } from '../sync/db.js';
import { readHeld } from '../sync/held.js';
import { readMirror, writeMirror } from '../sync/mirror.js';
import { clientId, enqueue } from '../sync/outbox.js';
import { adopt } from '../sync/ownership.js';
import { anAgent, aRequest, docOf } from '../testing/samples.js';
import { fakeCaches, fakeLocalStorage } from '../testing/browser.js';
import { aWorker, WORKER_SCRIPTS } from '../testing/worker.js';

const AT = '2026-11-24T14:00:00.000Z';
const ME = { agent: anAgent(), unit_id: 7, csrf: 'old' };
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

/** @param {string} id */
const accept = (id) => enqueue(db, { op: 'request.accept', args: { request_id: id }, at: AT });
/** @param {any} content */
const pushed = (content) => worker.dispatch('push', { data: { json: () => JSON.parse(content) } });

/**
 * A server that applies everything, or refuses with `code`.
 * @param {string | null} [code]
 */
function serve(code = null) {
  /** @type {any[]} */
  const pushes = [];
  let lmid = 0;
  worker.state.answer = (path, body) => {
    if (path === '/api/sync/push') {
      pushes.push(body);
      lmid = body.mutations.at(-1).seq;
      return [200, { lmid, results: body.mutations.map((/** @type {any} */ { seq, op }) => ({ seq, op, status: code ? 'rejected' : 'applied', code })) }];
    }
    const results = code ? [{ seq: lmid, op: '', status: 'rejected', code }] : [];
    return [200, { base: '', cursor: '1.7.1.5', reset: true, docs: [docOf(aRequest())], lmid, results, more: false }];
  };
  return pushes;
}

test('what the system wakes it for: sends what waits, in order, once, and brings what is new', async () => {
  await accept('a');
  await accept('b');
  const pushes = serve();
  await worker.dispatch('sync', { tag: 'outbox' });
  await worker.dispatch('sync', { tag: 'outbox' });
  assert.deepEqual(pushes.map(({ mutations }) => mutations.map((/** @type {any} */ { seq }) => seq)), [[1, 2]]);
  assert.equal(pushes[0].client, await clientId(db));
  const held = await readHeld(db);
  assert.deepEqual([held.outbox, held.docs.length, held.cursor], [[], 1, '1.7.1.5']);
});

test('hints stay on the terminal', async () => {
  await enqueue(db, { op: 'request.transfer', args: { request_id: 'a', to_unit_id: 9 }, at: AT, hint: { to_unit_name: 'Culoz' } });
  const pushes = serve();
  await worker.dispatch('sync', {});
  assert.equal(JSON.stringify(pushes).includes('Culoz'), false);
});

test('a refusal is left to the page, which explains it', async () => {
  await accept('a');
  serve('already_accepted');
  await worker.dispatch('sync', {});
  const held = await readHeld(db);
  assert.deepEqual([held.outbox.length, held.cursor], [1, '']);
  assert.equal(await db.get('meta', 'sent'), 1);
});

test('without network, and with a server in trouble, the system is asked to try again', async () => {
  await accept('a');
  await assert.rejects(worker.dispatch('sync', {}));
  worker.state.answer = () => [503, { code: 'database_away' }];
  await assert.rejects(worker.dispatch('sync', {}));
  assert.equal((await readHeld(db)).outbox.length, 1);
});

test('what only a person can solve is told instead of tried again', async () => {
  await accept('a');
  worker.state.answer = () => [409, { code: 'gap', lmid: 0 }];
  await worker.dispatch('sync', {});
  assert.deepEqual(worker.shown.map(({ body }) => body), ['Une action demande votre attention. Ouvrez le terminal.']);
  assert.equal((await readHeld(db)).outbox.length, 1);
});

test('a terminal that was revoked loses its documents and keeps its outbox', async () => {
  await db.put('docs', docOf(aRequest()));
  await db.put('meta', '1.7.1.5', 'cursor');
  await accept('a');
  worker.state.answer = () => [401, { code: 'terminal_revoked' }];
  await worker.dispatch('sync', {});
  const held = await readHeld(db);
  assert.deepEqual([held.docs, held.cursor, held.outbox.length], [[], '', 1]);
});

test('where nobody is signed in any more it takes, sends and brings nothing', async () => {
  await accept('a');
  await db.put('meta', { code: 'pin_tries', at: AT, owed: 'old' }, 'ended');
  const pushes = serve();
  await worker.dispatch('sync', {});
  await tap('accept');
  const held = await readHeld(db);
  assert.deepEqual([pushes, held.outbox.map(({ args }) => args.request_id), held.docs], [[], ['a'], []]);
  assert.equal(worker.opened.length, 1);
});

test('the lock stays in the copy', async () => {
  const lock = { salt: new Uint8Array([1, 2]), hash: new Uint8Array([3]), iterations: 1, minutes: 5, fails: 0, failed_at: null };
  await db.put('meta', lock, 'lock');
  await writeMirror(db, NAME);
  await tap('accept');
  const copy = await readMirror();
  assert.deepEqual([copy?.lock, copy?.outbox.length], [lock, 1]);
});

test('a proof that has changed is fetched, but not for somebody else', async () => {
  await accept('a');
  const push = serve();
  const { answer } = worker.state;
  let present = ME.agent.id;
  worker.state.answer = (path, body, headers) => {
    if (path === '/api/me') return [200, { ...ME, agent: { ...ME.agent, id: present }, csrf: 'new' }];
    return headers['X-CSRF-Token'] === 'new' ? answer(path, body, headers) : [403, { code: 'csrf' }];
  };
  present = 2;
  await worker.dispatch('sync', {});
  assert.equal(push.length, 0);
  present = ME.agent.id;
  await worker.dispatch('sync', {});
  assert.equal(push.length, 1);
});

test('nothing is sent where nobody is signed in, and no memory is made where there is none', async () => {
  await db.delete('meta', 'me');
  await accept('a');
  const pushes = serve();
  await worker.dispatch('sync', {});
  assert.equal(pushes.length, 0);
  db.close();
  globalThis.indexedDB = new IDBFactory();
  await worker.dispatch('sync', {});
  assert.deepEqual(await indexedDB.databases(), []);
  db = await openDatabase();
});

test('a memory that was moved to another name is found', async () => {
  db.close();
  db = await openDatabase({}, 'terminal-2');
  await adopt(db, ME);
  await clientId(db);
  await accept('a');
  await writeMirror(db, NAME);
  const pushes = serve();
  await worker.dispatch('sync', {});
  assert.equal(pushes.length, 1);
});

test('a push shows what it says, and one that cannot be read shows something', async () => {
  await pushed(JSON.stringify({ web_push: 8030, notification: { title: 'Une demande attend', body: 'Belley', navigate: '/terminal/#/demandes', tag: 't1', requireInteraction: true, data: { request_id: 'r1' }, actions: [{ action: 'accept', title: 'Accepter' }] } }));
  assert.deepEqual({ ...worker.shown[0], close: null }, {
    title: 'Une demande attend', body: 'Belley', tag: 't1', requireInteraction: true, icon: '/static/icons/icon-192-AB.png', close: null,
    data: { request_id: 'r1', navigate: '/terminal/#/demandes' }, actions: [{ action: 'accept', title: 'Accepter' }],
  });
  for (const content of ['', '[]', 'null', '{"notification": {}}', '{"notification": {"title": 7}}']) {
    worker.shown.length = 0;
    await pushed(content);
    assert.equal(worker.shown.length, 1, content);
  }
  await worker.dispatch('push', { data: null });
  assert.equal(worker.shown.at(-1).body, 'Vous avez un message.');
  await db.put('meta', 'en', 'language');
  await worker.dispatch('push', { data: null });
  assert.equal(worker.shown.at(-1).body, 'You have a message.');
});

/**
 * @param {string} action
 * @param {object} [data]
 */
async function tap(action, data = { request_id: 'r1', navigate: '/terminal/#/demandes/r1' }) {
  await worker.dispatch('notificationclick', { action, notification: { tag: 't1', data, close: () => undefined } });
}

test('a tap on a notification opens its place in the window that is there, or in a new one', async () => {
  await tap('');
  await tap('', { navigate: 'https://elsewhere.example/' });
  await tap('', {});
  assert.deepEqual(worker.opened, ['https://brigade.example/terminal/#/demandes/r1', '/terminal/', 'https://brigade.example/terminal/']);
  /** @type {any[]} */
  const told = [];
  worker.windows.push({ url: 'https://brigade.example/', focus: async () => assert.fail('the citizen’s page') });
  worker.windows.push({ url: 'https://brigade.example/terminal/#/x', focus: async () => void told.push('focus'), postMessage: (/** @type {any} */ message) => told.push(message) });
  await tap('');
  assert.deepEqual(told, ['focus', { type: 'go', address: 'https://brigade.example/terminal/#/demandes/r1' }]);
  assert.equal(worker.opened.length, 3);
});

test('accepting from a notification without network is kept, told, and told again once it is through', async () => {
  await tap('accept');
  const held = await readHeld(db);
  assert.deepEqual(held.outbox.map(({ seq, op, args }) => [seq, op, args]), [[1, 'request.accept', { request_id: 'r1' }]]);
  assert.deepEqual(worker.shown.map(({ tag, body }) => [tag, body]), [['t1', 'C’est noté. L’envoi suivra dès le retour du réseau.']]);
  assert.deepEqual(worker.asked, ['outbox']);
  assert.deepEqual((await readMirror())?.outbox.map(({ seq }) => seq), [1]);
  const pushes = serve();
  await worker.dispatch('sync', {});
  assert.equal(pushes.length, 1);
  assert.deepEqual(worker.shown.map(({ tag, body }) => [tag, body]), [['t1', 'C’est fait.']]);
});

test('with a network the answer comes at once', async () => {
  serve('already_accepted');
  await tap('accept');
  assert.deepEqual(worker.shown.map(({ body }) => body), ['Trop tard\u202f: un collègue l’a prise.']);
});

test('a service position from a notification', async () => {
  const pushes = serve();
  await tap('duty:on_intervention', { until: '2026-11-24T16:00:00Z' });
  const [{ mutations: [{ op, args }] }] = pushes;
  assert.deepEqual([op, args], ['duty.set', { status: 'on_intervention', until: '2026-11-24T16:00:00Z' }]);
});

test('where nobody is signed in a button opens the terminal', async () => {
  await db.delete('meta', 'me');
  await tap('accept');
  assert.deepEqual([worker.opened.length, (await readHeld(db)).outbox.length], [1, 0]);
});
