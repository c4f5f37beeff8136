// The few things of a browser that Node lacks and the unit tests need, in memory.

/** An empty cache storage under its usual name. */
export function fakeCaches() {
  /** @type {Map<string, Map<string, string>>} */
  const all = new Map();
  /** @param {string} name */
  const open = (name) => {
    const cache = all.get(name) ?? new Map();
    all.set(name, cache);
    return {
      match: async (/** @type {string} */ key) => (cache.has(key) ? new Response(cache.get(key)) : undefined),
      put: async (/** @type {string} */ key, /** @type {Response} */ response) => void cache.set(key, await response.text()),
    };
  };
  const caches = {
    has: async (/** @type {string} */ name) => all.has(name),
    delete: async (/** @type {string} */ name) => all.delete(name),
    open: async (/** @type {string} */ name) => open(name),
    keys: async () => [...all.keys()],
    match: async (/** @type {string} */ key, /** @type {{cacheName: string}} */ { cacheName }) => (all.has(cacheName) ? open(cacheName).match(key) : undefined),
  };
  Object.assign(globalThis, { caches });
  return caches;
}

/** An empty local storage under its usual name. */
export function fakeLocalStorage() {
  /** @type {Map<string, string>} */
  const items = new Map();
  const localStorage = {
    getItem: (/** @type {string} */ key) => items.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void items.set(key, value),
    removeItem: (/** @type {string} */ key) => void items.delete(key),
  };
  Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true });
}
