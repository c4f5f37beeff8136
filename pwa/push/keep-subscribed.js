// The terminal stays reachable without anybody's doing: each start compares what the browser has with what the server
// has, and so does each sign-in, each hint that the browser has changed it, and a page that stays open, now and then.

import { Problem } from '../sync/api.js';
import { singleFlight } from '../sync/single-flight.js';
import { repair } from './repair.js';

const AGAIN_MS = 60_000;
/** A station's page is open for weeks: meanwhile its row goes with a 410, and the server's key changes. */
const OLD_MS = 4 * 3600 * 1000;
/** The sign-in is at fault, and another one comes. */
const SIGN_IN = new Set([401, 403]);
const PATIENCE_MS = 10_000;

/**
 * @typedef {import('./repair.js').Wish} Wish
 *
 * What a page knows of its push.
 * @typedef {object} Push
 * @property {() => 'ready' | 'install' | 'none'} support `install`: only once it is on the home screen
 * @property {() => NotificationPermission} permission
 * @property {() => Promise<PushManager>} manager
 * @property {() => Promise<Wish | null>} compare and repair; what is wished now
 * @property {<T>(work: () => Promise<T>) => Promise<T>} alone changes the subscription while nobody else does
 * @property {(wish: Wish | null) => Promise<void>} wish
 */

/**
 * @param {Pick<import('../life/main.js').Parts, 'store' | 'engine' | 'db'>} parts
 * @returns {Push}
 */
export function keepSubscribed({ store, engine, db }) {
  /** Whose terminal has been compared since they signed in, and in which language they read. */
  let compared = '';
  let comparedAt = 0;
  let notBefore = 0;

  const permission = () => globalThis.Notification?.permission ?? 'denied';
  const wish = async (/** @type {Wish | null} */ now) => {
    if (now) await db.put('meta', now, 'push');
    else await db.delete('meta', 'push');
  };
  // Other tabs, the worker, and a person's tap while this page compares.
  const alone = (/** @type {() => Promise<any>} */ work) => (navigator.locks ? navigator.locks.request('push', work) : work());
  const compare = () => alone(async () => {
    const wished = /** @type {Wish | undefined} */ (await db.get('meta', 'push')) ?? null;
    const now = await repair({
      ask: (method, path, body) => engine.ask(method, path, body),
      manager: await managerHere(),
      allowed: permission() === 'granted',
      wish: wished,
      language: store.state.language,
    });
    await wish(now);
    return now;
  });

  const look = singleFlight(async () => {
    const { phase, held, network } = store.state;
    const agent = `${held.me?.agent.id} ${store.state.language}`;
    const isHere = phase === 'ready' && Boolean(held.me?.enrolled);
    // The same agent comes back with another terminal.
    if (!isHere || Date.now() - comparedAt > OLD_MS) compared = '';
    if (!isHere || network.state !== 'up' || compared === agent || performance.now() < notBefore) return;
    const done = () => { [compared, comparedAt] = [agent, Date.now()]; };
    try {
      await compare();
      done();
    } catch (error) {
      console.warn('notifications could not be compared', error);
      // What the server refuses it refuses again.
      if (error instanceof Problem && error.status < 500 && error.status !== 429 && !SIGN_IN.has(error.status)) done();
      notBefore = performance.now() + AGAIN_MS;
    }
  });
  if (support() === 'ready') {
    store.subscribe(() => void look());
    new BroadcastChannel('terminal').addEventListener('message', ({ data }) => {
      if (data !== 'push-subscription-change') return;
      compared = '';
      void look();
    });
    void look();
  }
  return { support, permission, manager: managerHere, compare, alone, wish };
}

/** Whether this browser can be told while its page is closed. */
function support() {
  if ('PushManager' in globalThis && 'Notification' in globalThis && navigator.serviceWorker) return 'ready';
  const apple = /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return apple ? 'install' : 'none';
}

/**
 * @returns {Promise<PushManager>}
 * @throws {DOMException} there is no service worker, and none is coming
 */
function managerHere() {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('no service worker', 'AbortError')), PATIENCE_MS);
    void navigator.serviceWorker.ready.then(({ pushManager }) => {
      clearTimeout(timer);
      resolve(pushManager);
    });
  });
}
