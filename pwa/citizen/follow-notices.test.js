// What the worker shows a citizen, what a tap opens, and what it tells the server; without any page.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { ORIGIN, PAGE, aFollowWorker, aSubscription } from '../testing/follow-worker.js';

const PARTS = ['follow-worker.js', 'follow-notices.js'].map((name) => readFile(new URL(name, import.meta.url), 'utf8'));
const SOURCE = (await Promise.all(PARTS)).join('\n');
const start = () => aFollowWorker(SOURCE);
const RECEIPTS = '/api/push/receipts';

/** @param {object} [changes] */
function aMessage(changes) {
  const notification = {
    title: 'Quelqu’un s’occupe de votre demande',
    body: 'Vous aurez bientôt une réponse.',
    navigate: ORIGIN + PAGE,
    tag: 'follow-0f5c',
    lang: 'fr',
    data: { receipt: 'signed' },
    ...changes,
  };
  return { data: { json: () => ({ web_push: 8030, notification }) } };
}

/**
 * @param {object} [data]
 * @param {string} [action] the button
 */
function aTap(data, action = '') {
  return { notification: { closed: false, data, close() { this.closed = true; } }, action };
}

/** @param {string} url */
function aWindow(url) {
  return { url: ORIGIN + url, focused: false, async focus() { this.focused = true; } };
}

test('a message is shown as it says, and the server hears that it was', async () => {
  const { state, dispatch } = start();
  state.network[RECEIPTS] = () => new Response(null, { status: 204 });
  await dispatch('push', aMessage());
  const data = { receipt: 'signed', navigate: ORIGIN + PAGE };
  assert.deepEqual(state.shown, [{
    title: 'Quelqu’un s’occupe de votre demande',
    body: 'Vous aurez bientôt une réponse.',
    tag: 'follow-0f5c',
    lang: 'fr',
    data,
  }]);
  // A gendarme who is signed in on this browser has nothing to do with it.
  assert.deepEqual(state.sent, [{ path: RECEIPTS, body: { receipt: 'signed', what: 'shown' }, credentials: 'omit' }]);
});

test('a message that the server cannot hear of is shown once', async () => {
  const { state, dispatch } = start();
  await dispatch('push', aMessage());
  assert.deepEqual(state.shown.map(({ tag }) => tag), ['follow-0f5c']);
});

for (const [what, data] of /** @type {[string, any][]} */ ([
  ['no payload', null],
  ['no JSON', { json: () => JSON.parse('<') }],
  ['another shape', { json: () => ({ message: 'x' }) }],
  ['no title', { json: () => ({ web_push: 8030, notification: { navigate: PAGE } }) }],
])) {
  test(`a message that cannot be read (${what}) says that there is one, and nothing else`, async () => {
    const { state, dispatch } = start();
    await dispatch('push', { data });
    assert.deepEqual(state.shown, [{ title: 'Vous avez un message.', lang: 'fr', tag: 'message' }]);
    assert.deepEqual(state.sent, []);
  });
}

test('it says so in English where the browser speaks another language', async () => {
  const { state, dispatch } = start();
  state.language = 'de-CH';
  await dispatch('push', { data: null });
  assert.equal(state.shown[0].title, 'You have a message.');
});

test('a tap opens the page, and the server hears that it was opened', async () => {
  const { state, dispatch } = start();
  state.network[RECEIPTS] = () => new Response(null, { status: 204 });
  const tap = aTap({ navigate: ORIGIN + PAGE, receipt: 'signed' });
  await dispatch('notificationclick', tap);
  assert.deepEqual(state.opened, [PAGE]);
  assert.equal(tap.notification.closed, true);
  assert.deepEqual(state.sent.map(({ body }) => body), [{ receipt: 'signed', what: 'opened' }]);
});

test('a window that shows this page, on whichever of its addresses, comes to the front', async () => {
  const { state, dispatch } = start();
  state.windows = [aWindow('/'), aWindow('/suivi/B'), aWindow(`${PAGE.replace('/suivi', '/en/follow')}/sent`)];
  await dispatch('notificationclick', aTap({ navigate: PAGE }));
  assert.deepEqual(state.windows.map(({ focused }) => focused), [false, false, true]);
  assert.deepEqual(state.opened, []);
});

test('a discreet notification names no page: the one that is open comes to the front, else the entrance opens', async () => {
  const { state, dispatch } = start();
  state.windows = [aWindow('/suivi'), aWindow('/contact'), aWindow(PAGE)];
  await dispatch('notificationclick', aTap({ navigate: '/suivi' }));
  assert.deepEqual(state.windows.map(({ focused }) => focused), [false, false, true]);
  state.windows = [aWindow('/contact')];
  await dispatch('notificationclick', aTap({ navigate: '/en/follow/' }));
  assert.deepEqual(state.opened, ['/en/follow']);
});

test('a button opens the page where its answer is given, beside whatever is open, and sends nothing itself', async () => {
  const { state, dispatch } = start();
  state.windows = [aWindow(PAGE)];
  const data = { navigate: PAGE, coming: `${PAGE}/je-viens`, cancelling: `${PAGE}/annuler` };
  await dispatch('notificationclick', aTap(data, 'coming'));
  await dispatch('notificationclick', aTap(data, 'cancelling'));
  assert.deepEqual(state.opened, [`${PAGE}/je-viens`, `${PAGE}/annuler`]);
  assert.deepEqual(state.sent, []);
  // A button that leads nowhere is the notification itself.
  await dispatch('notificationclick', aTap(data, 'other'));
  assert.deepEqual(state.windows.map(({ focused }) => focused), [true]);
});

for (const address of [undefined, 'https://elsewhere.example/suivi/A', '/terminal/', '/suivis/A', 'javascript:alert(1)']) {
  test(`a tap never leads away from the citizens’ pages (${address})`, async () => {
    const { state, dispatch } = start();
    await dispatch('notificationclick', aTap({ navigate: address }));
    assert.deepEqual(state.opened, ['/suivi']);
  });
}

test('a browser that is reached in a new way says so, with what only it knew of the old one', async () => {
  const { state, dispatch } = start();
  state.network['/api/push/key'] = () => Response.json({ key: 'AAAA' });
  state.network['/suivi/abonnement'] = () => new Response(null, { status: 204 });
  await dispatch('pushsubscriptionchange', { oldSubscription: aSubscription('old'), newSubscription: null });
  const [{ path, body }] = state.sent;
  assert.equal(path, '/suivi/abonnement');
  assert.deepEqual(body, {
    old: { endpoint: 'https://push.example/old', auth: 'auth-old' },
    endpoint: 'https://push.example/new',
    keys: { p256dh: 'p256dh-new', auth: 'auth-new' },
    vapid_key: 'AAAA',
  });
});

test('so it does when the browser has made the new way by itself', async () => {
  const { state, dispatch } = start();
  state.network['/suivi/abonnement'] = () => new Response(null, { status: 204 });
  const fresh = aSubscription('fresh', '-_8A'.replace(/-/g, '+').replace(/_/g, '/'));
  await dispatch('pushsubscriptionchange', { oldSubscription: aSubscription('old'), newSubscription: fresh });
  assert.deepEqual([state.sent[0].body.endpoint, state.sent[0].body.vapid_key], ['https://push.example/fresh', '-_8A']);
});

test('without the old way nobody could believe the new one: the page repairs at its next visit', async () => {
  const { state, dispatch } = start();
  await dispatch('pushsubscriptionchange', { oldSubscription: null, newSubscription: aSubscription('fresh') });
  assert.deepEqual(state.sent, []);
});

test('the last copy goes, and the worker stays for whoever is to be told through it', async () => {
  const { state, caches, order } = start();
  state.network[`${PAGE}/copie`] = () => new Response('copy', { headers: { Expires: new Date(state.now + 1000).toUTCString() } });
  assert.equal(await order('keep'), true);
  state.subscription = aSubscription('old');
  await order('forget');
  assert.deepEqual(caches.names(), []);
  assert.equal(state.registered, true);
});
