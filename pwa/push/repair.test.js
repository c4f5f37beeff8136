// The browser and the server made to agree, with a push manager that refuses what browsers refuse.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Offline, Problem } from '../sync/api.js';
import { aManager, aServer, KEY } from '../testing/push.js';
import { PATH, repair } from './repair.js';
import { fingerprint, keyOf } from './subscription.js';

const QUIET = { from: '22:00', until: '07:00' };

/**
 * @param {ReturnType<typeof aServer>} server
 * @param {ReturnType<typeof aManager>} browser
 * @param {{wish?: import('./repair.js').Wish | null, allowed?: boolean}} [more]
 */
const run = ({ ask }, { manager }, { wish = null, allowed = true } = {}) => repair({ ask, manager, allowed, wish, language: 'fr' });

/** @param {ReturnType<typeof aManager>} browser @param {string} [key] */
async function keptOf({ state }, key = KEY.now) {
  return { fingerprint: await fingerprint(state.own.endpoint), vapid_key: key, quiet: QUIET };
}

/** @param {ReturnType<typeof aServer>} server */
const changes = ({ asked }) => asked.filter(([method]) => method !== 'GET');

test('a fingerprint is the SHA-256 of the endpoint, base64url', async () => {
  assert.equal(await fingerprint('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
});

test('what agrees is left alone', async () => {
  const browser = aManager(KEY.now);
  const server = aServer(await keptOf(browser));
  assert.deepEqual(await run(server, browser, { wish: { quiet: null, language: 'fr' } }), { quiet: QUIET, language: 'fr' });
  assert.deepEqual(server.asked, [['GET', PATH]]);
});

test('another language on the screens is told, with the subscription that there is', async () => {
  const browser = aManager(KEY.now);
  const before = browser.state.own;
  const server = aServer(await keptOf(browser));
  const wish = await run(server, browser, { wish: { quiet: QUIET, language: 'en' } });
  assert.deepEqual([server.state.kept.language, server.state.kept.endpoint, wish], ['fr', before.endpoint, { quiet: QUIET, language: 'fr' }]);
});

test('a browser that lost its subscription gets a new one, with the quiet hours it had', async () => {
  const browser = aManager();
  const server = aServer({ fingerprint: 'another', vapid_key: KEY.now, quiet: QUIET });
  await run(server, browser);
  const { endpoint, vapid_key, quiet, language, keys } = server.state.kept;
  assert.deepEqual([endpoint, vapid_key, quiet, language, keys], [browser.state.own.endpoint, KEY.now, QUIET, 'fr', { p256dh: 'p', auth: 'a' }]);
});

test('a browser whose endpoint has changed is told to the server as it is', async () => {
  const browser = aManager(KEY.now);
  const server = aServer({ fingerprint: 'another', vapid_key: KEY.now, quiet: null });
  const before = browser.state.own;
  await run(server, browser);
  assert.equal(browser.state.own, before);
  assert.equal(server.state.kept.endpoint, before.endpoint);
});

test('a new key of the server’s replaces the old one', async () => {
  const browser = aManager(KEY.old);
  const server = aServer(await keptOf(browser, KEY.old));
  await run(server, browser);
  assert.equal(keyOf(browser.state.own), KEY.now);
  assert.deepEqual([server.state.kept.vapid_key, server.state.kept.endpoint, server.state.kept.quiet], [KEY.now, browser.state.own.endpoint, QUIET]);
});

test('where the new key does not subscribe, the old one does again and is registered', async () => {
  const browser = aManager(KEY.old);
  const server = aServer(await keptOf(browser, KEY.old));
  browser.state.refuses = (key) => (key === KEY.now ? new DOMException('away', 'AbortError') : null);
  await run(server, browser);
  assert.deepEqual([server.state.kept.vapid_key, server.state.kept.endpoint], [KEY.old, browser.state.own.endpoint]);
});

test('where nothing subscribes the server keeps what it has, and the next start mends it', async () => {
  const browser = aManager(KEY.old);
  const server = aServer(await keptOf(browser, KEY.old));
  browser.state.refuses = () => new DOMException('away', 'AbortError');
  await assert.rejects(run(server, browser), { name: 'AbortError' });
  assert.deepEqual(changes(server), []);
  browser.state.refuses = () => null;
  await run(server, browser);
  assert.equal(server.state.kept.vapid_key, KEY.now);
});

test('an endpoint that the server has forgotten is not handed in again: it was dead', async () => {
  const browser = aManager(KEY.now);
  const before = browser.state.own.endpoint;
  const server = aServer();
  assert.deepEqual(await run(server, browser, { wish: { quiet: QUIET } }), { quiet: QUIET, language: 'fr' });
  assert.notEqual(server.state.kept.endpoint, before);
  assert.deepEqual(server.state.kept.quiet, QUIET);
});

test('what nobody here has wished is somebody else’s, and ends', async () => {
  const browser = aManager(KEY.now);
  const server = aServer();
  assert.equal(await run(server, browser), null);
  assert.equal(browser.state.own, null);
  assert.deepEqual(changes(server), []);
});

test('a permission that was taken back is told, and the wish is kept for its return', async () => {
  const browser = aManager();
  const server = aServer({ fingerprint: 'x', vapid_key: KEY.now, quiet: QUIET });
  const wish = await run(server, browser, { allowed: false });
  assert.deepEqual([wish, server.state.kept], [{ quiet: QUIET }, null]);
  await run(server, browser, { wish });
  assert.deepEqual([server.state.kept.endpoint, server.state.kept.quiet], [browser.state.own.endpoint, QUIET]);
});

test('a site without keys changes nothing here', async () => {
  const browser = aManager(KEY.old);
  const server = aServer(await keptOf(browser, KEY.old), null);
  const before = browser.state.own;
  await run(server, browser);
  assert.equal(browser.state.own, before);
  assert.deepEqual(changes(server), []);
});

test('without network, or with a server in trouble, nothing is touched', async () => {
  for (const error of [new Offline('no answer'), new Problem(503, 'database_away', {})]) {
    const browser = aManager(KEY.old);
    const before = browser.state.own;
    await assert.rejects(run({ ...aServer(), ask: async () => { throw error; } }, browser), error);
    assert.equal(browser.state.own, before);
  }
});
