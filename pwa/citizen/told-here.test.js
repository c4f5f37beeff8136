// What this browser follows stays followed: two pages at once, a key of the server's that has changed, and a push service
// or a server that is away in between.

import assert from 'node:assert/strict';
import test from 'node:test';
import { KEY } from '../testing/push.js';
import { aPage, aToldBrowser } from '../testing/told.js';
import { alone, closeNotifications, forgetMemory, ownSubscription } from './device-push.js';
import { repair, start, stop } from './told-here.js';

const FIRST = '/suivi/AAAAAAAAAAAAAAAAAAAAAA/notifications';
const SECOND = '/en/follow/BBBBBBBBBBBBBBBBBBBBBB/notifications';
const ORDINARY = { discreet: false };
const DISCREET = { discreet: true };
/** @typedef {ReturnType<typeof aToldBrowser>} Told */

/**
 * Open pages at once, each rendered before any of them does anything.
 * @param {Told} state
 * @param {string[]} addresses
 * @param {{discreet?: boolean}} [more]
 */
async function visit(state, addresses, more) {
  const pages = await Promise.all(addresses.map((address) => aPage(state, address, more)));
  return Promise.allSettled(pages.map((page) => alone(() => repair(page, () => aPage(state, page.address, more)))));
}

/**
 * A browser that follows both pages, made with the server's former key.
 * @param {{discreet?: boolean}} [more]
 */
async function followsBoth(more) {
  const state = aToldBrowser();
  state.key = KEY.old;
  for (const address of [FIRST, SECOND]) await start(await aPage(state, address, more));
  state.key = KEY.now;
  return state;
}

/** @param {Told} state */
const followed = ({ rows }) => [...rows].map(([endpoint, { pages, vapid_key }]) => [endpoint, vapid_key, [...pages].sort()]);

/** @param {Told} state @param {string} [key] */
const both = ({ push }, key = KEY.now) => [[push.own.endpoint, key, [SECOND, FIRST]]];

const awayFor = (/** @type {string[]} */ ...keys) => (/** @type {string} */ key) => (keys.includes(key) ? new DOMException('away', 'AbortError') : null);

for (const more of [ORDINARY, DISCREET]) {
  const which = more.discreet ? 'discreet' : 'ordinary';

  test(`two ${which} pages that are open at once change the key once, and both stay followed`, async () => {
    const state = await followsBoth(more);
    await visit(state, [FIRST, SECOND], more);
    assert.deepEqual(followed(state), both(state));
    assert.match(state.push.own.endpoint, /2$/);
  });

  test(`where the new key does not subscribe, ${which} pages are told through the old one`, async () => {
    const state = await followsBoth(more);
    state.push.refuses = awayFor(KEY.now);
    await visit(state, [FIRST], more);
    assert.deepEqual(followed(state), both(state, KEY.old));
  });

  test(`where nothing subscribes, the next visit of ${which} pages brings all back`, async () => {
    const state = await followsBoth(more);
    state.push.refuses = awayFor(KEY.now, KEY.old);
    await visit(state, [FIRST], more);
    assert.equal(state.push.own, null);
    // What the script of a discreet page does first.
    if (more.discreet) forgetMemory();
    state.push.refuses = () => null;
    await visit(state, [SECOND], more);
    assert.deepEqual(followed(state), both(state));
    assert.doesNotMatch(localStorage.getItem('follow-push') ?? '', /moved/);
  });

  for (const status of [0, 429, 503]) {
    test(`a new way that the server did not take (${status}) is told again by ${which} pages`, async () => {
      const state = await followsBoth(more);
      state.refuses = (method) => (method === 'POST' ? status : null);
      await visit(state, [FIRST], more);
      state.refuses = () => null;
      await visit(state, [SECOND], more);
      assert.deepEqual(followed(state), both(state));
      assert.doesNotMatch(localStorage.getItem('follow-push') ?? '', /moved/);
    });
  }
}

test('a discreet page stays followed, and says so, while the server does not hear that it ends', async () => {
  const state = await followsBoth(DISCREET);
  state.refuses = () => 0;
  const page = await aPage(state, FIRST, DISCREET);
  await assert.rejects(stop(page));
  assert.deepEqual(followed(state), both(state, KEY.old));
  state.refuses = () => null;
  assert.equal(await stop(page), `DELETE ${FIRST}`);
  assert.notEqual(await ownSubscription(), null);
});

test('any other page ends all the same, and its next visit brings the rest back', async () => {
  const state = await followsBoth();
  state.refuses = () => 0;
  assert.equal(await stop(await aPage(state, FIRST)), null);
  assert.equal(await ownSubscription(), null);
  state.refuses = () => null;
  await visit(state, [SECOND]);
  assert.deepEqual(followed(state).at(-1), [state.push.own.endpoint, KEY.now, [SECOND]]);
});

test('what is stopped before the server has heard of the new way does not come back with the rest', async () => {
  const state = await followsBoth(DISCREET);
  state.refuses = (method) => (method === 'POST' ? 503 : null);
  await visit(state, [FIRST], DISCREET);
  await stop(await aPage(state, FIRST, DISCREET));
  state.refuses = () => null;
  await visit(state, [SECOND], DISCREET);
  assert.deepEqual(followed(state), [[state.push.own.endpoint, KEY.now, [SECOND]]]);
});

test('an endpoint that the server has forgotten is not handed in again: it was dead', async () => {
  const state = await followsBoth();
  state.rows.clear();
  state.rows.set('https://push.example/elsewhere', { auth: 'b', vapid_key: KEY.now, pages: new Set([FIRST]) });
  await visit(state, [FIRST]);
  assert.deepEqual(followed(state).at(-1), [state.push.own.endpoint, KEY.now, [FIRST]]);
  assert.match(state.push.own.endpoint, /2$/);
});

test('a page that is opened closes what is shown of it, in either language, and nothing else', async () => {
  const { shown } = aToldBrowser();
  const closed = new Set();
  const addresses = ['/suivi/A', '/en/follow/A', '/suivi/B', '/suivi', '/en/follow', '/terminal/'];
  shown.push(...addresses.map((path) => ({ data: { navigate: location.origin + path }, close: () => closed.add(path) })), { data: null });
  await closeNotifications('/en/follow/A');
  assert.deepEqual([...closed], ['/suivi/A', '/en/follow/A']);
  closed.clear();
  await closeNotifications('/suivi');
  assert.deepEqual([...closed], ['/suivi', '/en/follow']);
});
