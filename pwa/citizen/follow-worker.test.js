// The worker as browsers run it, a classic script in a global scope of its own, with a network and a clock that the tests
// hold in their hands: what it keeps and what it forgets.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { DAY, ORIGIN, PAGE, aFollowWorker } from '../testing/follow-worker.js';

const PARTS = ['follow-worker.js', 'follow-notices.js'].map((name) => readFile(new URL(name, import.meta.url), 'utf8'));
const SOURCE = (await Promise.all(PARTS)).join('\n');
const start = () => aFollowWorker(SOURCE);

const html = (/** @type {string} */ text) => () => new Response(text);
const status = (/** @type {number} */ code) => () => new Response('', { status: code });

/** A worker that has kept a copy of PAGE for a week. */
async function withCopy() {
  const world = start();
  const expires = new Date(world.state.now + 7 * DAY).toUTCString();
  world.state.network = {
    [`${PAGE}/copie`]: () => new Response('copy <link href="/static/styles/citizen-1.css"><script src="/static/citizen/follow-1.js">', {
      headers: { Expires: expires },
    }),
    '/static/styles/citizen-1.css': html('a{mask:url("../media/phone-1.svg")} b{background:url("data:image/svg+xml,x")}'),
    '/static/media/phone-1.svg': html('<svg/>'),
    '/static/citizen/follow-1.js': html('import"../chunks/shared-1.js";import("../chunks/later-1.js")'),
    '/static/chunks/shared-1.js': html(''),
  };
  assert.equal(await world.order('keep'), true);
  world.state.network = {};
  return world;
}

const body = async (/** @type {Promise<Response> | undefined} */ answer) => (await answer)?.text();

test('without network the copy opens, with all it is drawn with', async () => {
  const { open, caches } = await withCopy();
  assert.match(await body(open(PAGE)) ?? '', /^copy/);
  assert.equal(await body(open('/static/media/phone-1.svg', 'no-cors')), '<svg/>');
  assert.equal(await body(open('/static/chunks/shared-1.js', 'cors')), '');
  const files = [...(caches.all.get('follow-files')?.keys() ?? [])].map((url) => new URL(url).pathname);
  assert.equal(files.includes('/static/chunks/later-1.js'), false);
});

test('the network comes first', async () => {
  const { open, state } = await withCopy();
  state.network[PAGE] = html('fresh');
  assert.equal(await body(open(PAGE)), 'fresh');
});

test('a network that takes too long is not waited for', async () => {
  const { open, state } = await withCopy();
  state.network[PAGE] = () => new Promise(() => undefined);
  const answer = open(PAGE);
  while (!state.timers.length) await new Promise((resolve) => { setImmediate(resolve); });
  state.timers[0]();
  assert.match(await body(answer) ?? '', /^copy/);
});

for (const code of [502, 503, 504]) {
  test(`a service that is away (${code}) is no network`, async () => {
    const { open, state } = await withCopy();
    state.network[PAGE] = status(code);
    assert.match(await body(open(PAGE)) ?? '', /^copy/);
  });
}

test('an error of the service is shown as it is', async () => {
  const { open, state } = await withCopy();
  state.network[PAGE] = status(500);
  assert.equal((await open(PAGE))?.status, 500);
});

for (const code of [404, 410]) {
  test(`a link that opens nothing any more (${code}) deletes the copy, the files and the worker`, async () => {
    const { open, state, caches } = await withCopy();
    state.network[PAGE] = status(code);
    assert.equal((await open(PAGE))?.status, code);
    assert.deepEqual(caches.names(), []);
    assert.equal(state.registered, false);
  });

  test(`so does a copy that may not be made any more (${code})`, async () => {
    const { order, state, caches } = await withCopy();
    state.network[`${PAGE}/copie`] = status(code);
    assert.equal(await order('keep'), false);
    assert.deepEqual(caches.names(), []);
    assert.equal(state.registered, false);
  });
}

test('another link’s copy stays when one goes', async () => {
  const { order, state, caches } = await withCopy();
  state.network['/suivi/B/copie'] = () => new Response('b', { headers: { Expires: new Date(state.now + DAY).toUTCString() } });
  assert.equal(await order('keep', '/suivi/B/copie'), true);
  await order('forget');
  assert.equal(caches.copies().length, 1);
  assert.equal(state.registered, true);
  await order('forget', '/suivi/B');
  assert.deepEqual(caches.names(), []);
});

test('a copy is neither shown nor kept beyond its time', async () => {
  const { open, state, caches } = await withCopy();
  state.now += 7 * DAY - 1;
  assert.match(await body(open(PAGE)) ?? '', /^copy/);
  state.now += 1;
  await assert.rejects(open(PAGE) ?? Promise.resolve());
  assert.deepEqual(caches.names(), []);
});

test('opening the page of one link deletes what is out of time of another', async () => {
  const { open, state, caches } = await withCopy();
  state.now += 8 * DAY;
  state.network['/suivi/B'] = html('other');
  assert.equal(await body(open('/suivi/B')), 'other');
  assert.deepEqual(caches.names(), []);
});

test('an answer without a time to live is not kept for a second visit', async () => {
  const { open, order, state, caches } = start();
  state.network = { [`${PAGE}/copie`]: html('copy') };
  await order('keep');
  await assert.rejects(open(PAGE) ?? Promise.resolve());
  assert.deepEqual(caches.names(), []);
});

test('what lies on the device does not name the link', async () => {
  const { caches } = await withCopy();
  const [key] = caches.copies();
  assert.match(key, /\/suivi\/[0-9a-f]{64}$/);
  const copy = caches.all.get('follow-copies')?.get(key);
  assert.equal(copy?.url, '');
});

test('what needs the network leads back to the copy', async () => {
  const { open } = await withCopy();
  const answer = await open(`${PAGE}/mot`);
  assert.equal(answer?.status, 302);
  assert.equal(answer?.headers.get('Location'), ORIGIN + PAGE);
});

test('a form is never answered in the place of the server', async () => {
  const { open } = await withCopy();
  assert.equal(open(`${PAGE}/mot`, 'navigate', 'POST'), undefined);
  assert.equal(open(`${PAGE}/etat`, 'cors'), undefined);
});

test('a visit that keeps nothing leaves no cache behind', async () => {
  const { open, state, caches } = start();
  state.network[PAGE] = html('discreet');
  assert.equal(await body(open(PAGE)), 'discreet');
  assert.equal(await body(open('/static/x.css', 'no-cors')).catch(() => 'offline'), 'offline');
  assert.deepEqual(caches.names(), []);
  // The page of a first visit is about to ask this worker to keep it.
  assert.equal(state.registered, true);
});

test('what is forgotten while a copy is on its way stays forgotten', async () => {
  const { order, state, caches } = start();
  /** @type {(answer: Response) => void} */
  let arrive = () => undefined;
  state.network[`${PAGE}/copie`] = () => new Promise((resolve) => { arrive = resolve; });
  const kept = order('keep');
  const forgotten = order('forget');
  // Time enough for the second order to be carried out, were it not for the first.
  for (let turn = 0; turn < 10 || !state.fetched.length; turn += 1) await crypto.subtle.digest('SHA-256', new Uint8Array());
  arrive(new Response('copy', { headers: { Expires: new Date(state.now + DAY).toUTCString() } }));
  await Promise.all([kept, forgotten]);
  assert.deepEqual(caches.copies(), []);
});

test('a disk that is full keeps no copy and says so', async () => {
  const { order, state, caches } = start();
  state.network[`${PAGE}/copie`] = html('copy');
  caches.open = () => Promise.reject(new Error('QuotaExceededError'));
  assert.equal(await order('keep'), false);
});
