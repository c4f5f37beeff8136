// A browser's push manager and the server's half of a subscription, for the unit tests.

import { Problem } from '../sync/api.js';

const KEY = { old: 'BBBB', now: 'BCDE' };
export { KEY };

/**
 * As browsers do: one subscription at a time, and none with another key while there is one.
 * @param {string | null} [key] it has one already, made with this key
 */
export function aManager(key = null) {
  let made = 0;
  const state = {
    /** @type {any} */
    own: null,
    /** @type {(key: string) => Error | null} */
    refuses: () => null,
  };
  const make = (/** @type {ArrayBuffer} */ bytes) => {
    made += 1;
    const endpoint = `https://push.example/${made}`;
    state.own = {
      endpoint,
      options: { applicationServerKey: bytes },
      toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: 'p', auth: 'a' } }),
      unsubscribe: async () => { state.own = null; return true; },
    };
    return state.own;
  };
  const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
  if (key) make(bytesOf(key));
  const manager = {
    getSubscription: async () => state.own,
    subscribe: async (/** @type {any} */ { applicationServerKey, userVisibleOnly }) => {
      if (!userVisibleOnly) throw new DOMException('silent', 'NotAllowedError');
      const asked = btoa(String.fromCharCode(...applicationServerKey));
      if (state.own && btoa(String.fromCharCode(...new Uint8Array(state.own.options.applicationServerKey))) !== asked) throw new DOMException('another key', 'InvalidStateError');
      const error = state.refuses(asked);
      if (error) throw error;
      return state.own ?? make(applicationServerKey.buffer);
    },
  };
  return { manager: /** @type {PushManager} */ (/** @type {unknown} */ (manager)), state };
}

/**
 * What the server keeps, with its present key.
 * @param {any} [kept]
 * @param {string | null} [key]
 */
export function aServer(kept = null, key = KEY.now) {
  /** @type {any[]} */
  const asked = [];
  const state = { kept };
  const ask = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) => {
    asked.push([method, path]);
    if (path === '/api/push/key') return { key };
    if (method === 'PUT') state.kept = body;
    if (method === 'DELETE') state.kept = null;
    if (method === 'GET' && !state.kept) throw new Problem(404, 'no_push_subscription', {});
    return method === 'GET' ? { fingerprint: '', vapid_key: '', quiet: null, ...state.kept, key } : null;
  };
  return { ask, asked, state };
}

/**
 * What a browser that can be told has, under its usual names, with locks that exclude.
 * @param {ReturnType<typeof aManager>} browser
 */
export function fakePushBrowser(browser) {
  let turn = Promise.resolve();
  const locks = { request: (/** @type {string} */ _name, /** @type {() => Promise<any>} */ work) => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  } };
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks, serviceWorker: { ready: Promise.resolve({ pushManager: browser.manager }) }, userAgent: '' } });
  // A channel that listens would keep the test's process alive.
  Object.assign(globalThis, { PushManager: class {}, Notification: { permission: 'granted' }, BroadcastChannel: class { addEventListener() {} } });
}
