// A citizen's browser that can be told, with web locks that exclude, and the server's half of what it follows.

import { fingerprint } from '../push/subscription.js';
import { fakeLocalStorage } from './browser.js';
import { aManager, KEY } from './push.js';

export const SITE = 'https://site.example';

/** Put it under the usual names: nothing is followed, and notifications are allowed. */
export function aToldBrowser() {
  fakeLocalStorage();
  const { manager, state: push } = aManager();
  /** @type {any[]} */
  const shown = [];
  const registration = {
    scope: `${SITE}/suivi/`,
    active: { state: 'activated' },
    pushManager: manager,
    getNotifications: async () => shown,
    unregister: async () => true,
  };
  const serviceWorker = {
    register: async () => registration,
    getRegistration: async () => registration,
    getRegistrations: async () => [registration],
  };
  const state = {
    push,
    shown,
    /** @type {Map<string, {auth: string, vapid_key: string, pages: Set<string>}>} by endpoint */
    rows: new Map(),
    /** @type {(method: string, path: string) => number | null} the status of a refusal; 0: no answer */
    refuses: () => null,
    key: KEY.now,
  };
  const fetch = async (/** @type {string} */ path, /** @type {any} */ { method, body }) => {
    const refusal = state.refuses(method, path);
    if (refusal === 0) throw new TypeError('Failed to fetch');
    if (refusal) return Response.json({ title: 'refused' }, { status: refusal });
    return answer(state.rows, method, path, JSON.parse(body));
  };
  const globals = {
    navigator: { serviceWorker, locks: aLockManager() },
    window: { PushManager: class {}, Notification: {} },
    Notification: { permission: 'granted' },
    location: new URL(SITE),
    fetch,
  };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true });
  return state;
}

/**
 * The page as it is rendered at this moment.
 * @param {ReturnType<typeof aToldBrowser>} state
 * @param {string} address
 * @param {{discreet?: boolean}} [more]
 * @returns {Promise<import('../citizen/told-here.js').Page>}
 */
export async function aPage({ rows, key }, address, { discreet = false } = {}) {
  const browsers = [...rows].filter(([, { pages }]) => pages.has(address)).map(([endpoint]) => fingerprint(endpoint));
  return { address, key, browsers: await Promise.all(browsers), byPush: browsers.length > 0, discreet };
}

/**
 * @param {Map<string, {auth: string, vapid_key: string, pages: Set<string>}>} rows
 * @param {string} method
 * @param {string} path
 * @param {any} body
 */
function answer(rows, method, path, { endpoint, keys, vapid_key, old }) {
  const row = rows.get(endpoint) ?? { auth: keys?.auth, vapid_key, pages: new Set() };
  if (method === 'POST') {
    const before = rows.get(old.endpoint);
    if (!before || before.auth !== old.auth) return Response.json({ title: 'no_push_subscription' }, { status: 404 });
    rows.delete(old.endpoint);
    rows.set(endpoint, { ...row, pages: new Set([...row.pages, ...before.pages]) });
    return new Response(null, { status: 204 });
  }
  rows.set(endpoint, row);
  if (method === 'PUT') row.pages.add(path);
  else row.pages.delete(path);
  if (!row.pages.size) rows.delete(endpoint);
  return Response.json({ card: `${method} ${path}`, needed: row.pages.size > 0 });
}

/** One after the other, as the real ones. */
function aLockManager() {
  /** @type {Map<string, Promise<unknown>>} */
  const last = new Map();
  const request = (/** @type {string} */ name, /** @type {() => Promise<unknown>} */ work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work);
    last.set(name, turn.catch(() => undefined));
    return turn;
  };
  return { request };
}
