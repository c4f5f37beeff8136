// The worker of the follow pages as the build joins it, with a network and a clock that the tests hold in their hands.

export const ORIGIN = 'https://site.example';
export const PAGE = '/suivi/AAAAAAAAAAAAAAAAAAAAAA';
export const DAY = 86_400_000;

/** What the Cache interface does, as far as the worker uses it; like the real one, it makes a cache when one is opened. */
class FakeCaches {
  /** @type {Map<string, Map<string, Response>>} */
  all = new Map();
  has = async (/** @type {string} */ name) => this.all.has(name);
  delete = async (/** @type {string} */ name) => this.all.delete(name);
  match = async (/** @type {any} */ request, /** @type {{cacheName: string}} */ { cacheName }) =>
    this.all.get(cacheName)?.get(address(request))?.clone();
  open = async (/** @type {string} */ name) => {
    if (!this.all.has(name)) this.all.set(name, new Map());
    const held = /** @type {Map<string, Response>} */ (this.all.get(name));
    return {
      match: async (/** @type {any} */ request) => held.get(address(request))?.clone(),
      put: async (/** @type {any} */ request, /** @type {Response} */ response) => void held.set(address(request), response),
      delete: async (/** @type {any} */ request) => held.delete(address(request)),
      keys: async () => [...held.keys()].map((url) => ({ url })),
    };
  };
  names = () => [...this.all.keys()];
  copies = () => [...(this.all.get('follow-copies')?.keys() ?? [])];
}

/** @param {string | {url: string}} request */
const address = (request) => new URL(typeof request === 'string' ? request : request.url, ORIGIN).href;

/**
 * A running worker: what it keeps, shows and asks the server.
 * @param {string} script
 */
export function aFollowWorker(script) {
  const scope = '/suivi/';
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  const state = {
    now: Date.parse('2026-11-24T13:30:00Z'),
    /** @type {Record<string, () => Promise<Response> | Response>} */
    network: {},
    /** @type {string[]} */
    fetched: [],
    registered: true,
    /** @type {{path: string, body: any, credentials: string}[]} */
    sent: [],
    /** @type {any} */
    subscription: null,
    /** @type {any[]} */
    shown: [],
    /** @type {any[]} */
    windows: [],
    /** @type {string[]} */
    opened: [],
    language: 'fr-FR',
    /** @type {(() => void)[]} */
    timers: [],
  };
  const caches = new FakeCaches();
  const globals = {
    self: {
      registration: {
        scope: ORIGIN + scope,
        unregister: async () => { state.registered = false; },
        pushManager: {
          getSubscription: async () => state.subscription,
          subscribe: async (/** @type {any} */ options) => aSubscription('new', options.applicationServerKey),
        },
        async showNotification(/** @type {string} */ title, /** @type {any} */ options) {
          if (typeof title !== 'string') throw new TypeError('title');
          state.shown.push({ title, ...options });
        },
      },
      navigator: { get language() { return state.language; } },
      clients: {
        matchAll: async () => state.windows,
        openWindow: async (/** @type {string} */ url) => void state.opened.push(url),
      },
      addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => { listeners[name] = listener; },
    },
    location: new URL(`${ORIGIN}${scope}service-worker.js`),
    Date: class extends Date { static now = () => state.now; },
    setTimeout: (/** @type {() => void} */ callback) => state.timers.push(callback),
    async fetch(/** @type {any} */ request, /** @type {any} */ options) {
      if (options?.body) {
        state.sent.push({ path: request, body: JSON.parse(options.body), credentials: options.credentials });
      }
      const path = new URL(address(request)).pathname;
      state.fetched.push(path);
      const answer = state.network[path];
      if (!answer) throw new TypeError('offline');
      return answer();
    },
    caches, Response: RedirectingResponse,
  };
  Function(...Object.keys(globals), script)(...Object.values(globals));

  /** @param {string} path @param {string} [mode] @param {string} [method] */
  const open = (path, mode = 'navigate', method = 'GET') => {
    /** @type {Promise<Response> | undefined} */
    let answer;
    listeners.fetch({
      request: { url: ORIGIN + path, mode, method },
      respondWith: (/** @type {Promise<Response>} */ given) => { answer = given; },
      waitUntil() {},
    });
    return answer;
  };
  /** @param {'keep' | 'forget'} type @param {string} [path] @returns {Promise<boolean>} */
  const order = (type, path = `${PAGE}/copie`) => new Promise((resolve) => {
    listeners.message({ data: { type, address: path }, ports: [{ postMessage: resolve }], waitUntil() {} });
  });
  /**
   * @param {string} name
   * @param {object} event
   */
  const dispatch = async (name, event) => {
    /** @type {Promise<unknown>[]} */
    const work = [];
    listeners[name]({ ...event, waitUntil: (/** @type {Promise<unknown>} */ promise) => work.push(promise) });
    await Promise.all(work);
  };
  return { state, caches, open, order, dispatch };
}

/**
 * How a browser is reached: `name` is in its address and its keys.
 * @param {string} name
 * @param {string} key the server's, base64 without padding
 */
export function aSubscription(name, key = 'BBBB') {
  const keys = { p256dh: `p256dh-${name}`, auth: `auth-${name}` };
  const endpoint = `https://push.example/${name}`;
  const applicationServerKey = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0)).buffer;
  return { endpoint, options: { applicationServerKey }, toJSON: () => ({ endpoint, expirationTime: null, keys }) };
}

/** Node's own wants whole addresses. */
class RedirectingResponse extends Response {
  static redirect(/** @type {string | URL} */ to) { return Response.redirect(new URL(to, ORIGIN)); }
}
