// Looks after the terminal's memory once the first picture stands: installs the worker, asks the system to spare what is
// kept, makes the second copy of the outbox, and leaves the sending to the system when this page is gone.

import { registerServiceWorker } from '../ui/service-worker.js';
import { NAME } from './db.js';
import { writeMirror } from './mirror.js';
import { singleFlight } from './single-flight.js';

export const TAG = 'outbox';
const LOOK_EVERY_MS = 12 * 3600 * 1000;

/**
 * @typedef {import('../store.js').Store<import('../store.js').State>} Store
 *
 * @typedef {object} Care
 * @property {(full: boolean) => void} full there is no room for documents, or there is again
 * @property {() => void} update let the waiting version take over
 * @property {() => void} stuck ask the system to send what waits when there is a network
 */

/**
 * @param {object} parts
 * @param {import('./db.js').Database} parts.db
 * @param {Store} parts.store
 * @param {import('./keep.js').Keeper} parts.keeper
 * @returns {Care}
 */
export function careFor({ db, store, keeper }) {
  let persisted = false;
  let asked = false;
  let full = false;
  let copied = '';
  /** @type {import('../types').Held | undefined} */
  let seen;

  const judge = () => {
    const { held } = store.state;
    const storage = full || keeper.unsafe.length ? 'full' : held.outbox.length && !persisted ? 'at_risk' : 'safe';
    if (storage !== store.state.storage) store.set({ storage });
  };
  const write = singleFlight(async () => {
    copied = await writeMirror(db, NAME, copied).catch((error) => {
      console.warn('no second copy of the outbox', error);
      return '';
    });
  });
  const copy = () => {
    if (store.state.held === seen) return;
    seen = store.state.held;
    void write();
  };
  const ask = async () => {
    persisted = await persist();
    judge();
  };
  let language = '';
  const look = () => {
    if (language !== store.state.language) {
      language = store.state.language;
      // The worker's notifications speak it too.
      void db.put('meta', language, 'language').catch(() => undefined);
    }
    if (store.state.held.me && !asked) {
      asked = true;
      void ask();
    }
    judge();
    copy();
  };

  store.subscribe(look);
  // Browsers that refused before say yes to an installed one.
  addEventListener('appinstalled', () => void ask());
  addEventListener('beforeunload', (event) => keeper.unsafe.length && event.preventDefault());
  // A tap on a notification, when this window was open already.
  navigator.serviceWorker?.addEventListener('message', ({ data }) => data?.type === 'go' && location.assign(data.address));
  void register((registration) => registration.periodicSync?.register(TAG, { minInterval: LOOK_EVERY_MS }));
  // The very first start has no worker yet.
  void navigator.serviceWorker?.ready.then(closeOldNotices(store)).catch(() => undefined);
  look();
  return {
    update: registerServiceWorker(() => store.set({ update: true })),
    full(now) {
      full = now;
      judge();
    },
    stuck: () => void (store.state.held.outbox.length && register((registration) => registration.sync?.register(TAG))),
  };
}

/** Ask the system not to clear this site's data when it needs room; it decides by itself or asks the person. */
async function persist() {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}

/**
 * @typedef {ServiceWorkerRegistration & {
 *   sync?: {register: (tag: string) => Promise<void>},
 *   periodicSync?: {register: (tag: string, options: {minInterval: number}) => Promise<void>},
 * }} Registration
 */

/**
 * Ask something of the worker's registration. Some browsers have none of it, others refuse: the page looks by itself.
 * @param {(registration: Registration) => Promise<void> | undefined} work
 */
async function register(work) {
  const registration = /** @type {Registration | undefined} */ (await navigator.serviceWorker?.getRegistration());
  if (registration?.active) await Promise.resolve(work(registration)).catch(() => undefined);
}

/**
 * A notification that says "this waits" is no longer true once the outbox is empty; whether a request that it is about
 * still waits the worker finds out, whenever there is news.
 * @param {Store} store
 * @returns {(registration: Registration) => Promise<void>}
 */
function closeOldNotices(store) {
  return async (registration) => {
    const close = async () => {
      if (store.state.held.outbox.length) return;
      for (const notice of await registration.getNotifications()) if (notice.data?.seq) notice.close();
    };
    const tidy = async () => {
      const asking = (await registration.getNotifications()).some(({ tag }) => /^(request|appointment)/.test(tag));
      if (asking) registration.active?.postMessage('tidy');
    };
    // What was held before the first pull may be older than a call on the lock screen, and close it.
    let heard = store.state.network.state === 'up';
    let { held } = store.state;
    store.subscribe(() => {
      const before = held;
      held = store.state.held;
      heard ||= store.state.network.state === 'up';
      if (before.outbox.length && !held.outbox.length) void close();
      if (heard && held !== before) void tidy();
    });
    await close();
    if (heard) await tidy();
  };
}
