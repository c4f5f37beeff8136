// The service worker's scripts as the build joins them, in a scope of the tests' own.

/** The scripts below pwa/, in the order in which the build joins them (tools/build/static.mjs). */
export const WORKER_SCRIPTS = ['worker/scope.js', 'worker/outbox.js', 'worker/notices.js', 'worker/told.js', 'worker/push.js', 'service-worker.js'];

/**
 * A running worker: what it listens to, what it shows, whom it asks.
 * @param {string} script
 */
export function aWorker(script) {
  /** @type {Map<string, (event: any) => void>} */
  const listeners = new Map();
  /** @type {any[]} */
  const shown = [];
  /** @type {any[]} */
  const opened = [];
  /** @type {any[]} */
  const windows = [];
  /** @type {string[]} */
  const asked = [];
  /** @type {any[]} the receipts that were sent, each with what it says */
  const receipts = [];
  const state = {
    /** @type {(key: string) => any} */
    subscribe: () => { throw new DOMException('refused', 'NotAllowedError'); },
    /** @type {(path: string, body: any, headers: any, method?: string) => [number, any]} */
    answer: () => { throw new TypeError('no network'); },
    /** Somebody asks what is on show, and has not acted upon it yet. */
    looked: () => undefined,
  };
  const registration = {
    showNotification: async (/** @type {string} */ title, /** @type {any} */ options) => {
      if (typeof title !== 'string') throw new TypeError('title');
      const old = shown.findIndex(({ tag }) => tag && tag === options.tag);
      const notification = { title, ...options, close() { shown.splice(shown.indexOf(notification), 1); } };
      if (old >= 0) shown.splice(old, 1);
      shown.push(notification);
    },
    getNotifications: async () => {
      const now = [...shown];
      state.looked();
      return now;
    },
    pushManager: { subscribe: async (/** @type {any} */ { applicationServerKey }) => state.subscribe(applicationServerKey) },
    sync: { register: async (/** @type {string} */ tag) => void asked.push(tag) },
  };
  const self = {
    PRECACHE: { version: '1', files: ['/static/icons/icon-192-AB.png'] },
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => listeners.set(name, listener),
    registration,
    clients: { matchAll: async () => windows, openWindow: async (/** @type {string} */ url) => void opened.push(url) },
  };
  /** @type {Map<string, Promise<unknown>>} by name, who has it last */
  const turns = new Map();
  const locks = { request: (/** @type {string} */ name, /** @type {() => any} */ run) => {
    const mine = (turns.get(name) ?? Promise.resolve()).then(run);
    turns.set(name, mine.catch(() => undefined));
    return mine;
  } };
  const fetch = async (/** @type {string} */ path, /** @type {any} */ { method, body, headers, credentials } = {}) => {
    if (path === '/api/push/receipts') {
      if (credentials !== 'omit') throw new TypeError('a receipt needs nobody’s sign-in');
      receipts.push(JSON.parse(body));
    }
    const [status, content] = state.answer(path, body && JSON.parse(body), headers, method);
    return { ok: status < 400, status, json: async () => content };
  };
  Function('self', 'location', 'navigator', 'fetch', 'importScripts', script)(
    self, new URL('https://brigade.example/terminal/service-worker.js'), { locks }, fetch, () => undefined,
  );
  /**
   * @param {string} name
   * @param {object} event
   */
  const dispatch = async (name, event) => {
    /** @type {Promise<unknown>[]} */
    const work = [];
    listeners.get(name)?.({ ...event, waitUntil: (/** @type {Promise<unknown>} */ promise) => work.push(promise) });
    await Promise.all(work);
  };
  return { state, receipts, shown, opened, windows, asked, dispatch };
}
