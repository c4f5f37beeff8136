// This browser as the citizen's pages tell through it: one subscription for all that it follows, in both languages, made
// on the worker of the French folder. What it follows is known to the server; the memory here is for what got lost.

import { fingerprint, keyOf, subscribe as subscribeOn } from '../push/subscription.js';

const FOLDERS = ['/suivi/', '/en/follow/'];
const SCOPE = FOLDERS[0];
const COPIES = 'follow-copies';
const MEMORY = 'follow-push';

/** @typedef {{refused?: boolean, on: string[]}} Memory */

export const canBeTold = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** @returns {Promise<PushSubscription | null>} how this browser is reached */
export async function ownSubscription() {
  if (!canBeTold()) return null;
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  if (!registration || new URL(registration.scope).pathname !== SCOPE) return null;
  return registration.pushManager.getSubscription();
}

/**
 * Let this browser be reached; its user has allowed it.
 * @param {string} key of the server
 * @returns {Promise<PushSubscription>}
 */
export async function subscribe(key) {
  const options = /** @type {RegistrationOptions} */ ({ scope: SCOPE, updateViaCache: 'none' });
  const registration = await navigator.serviceWorker.register(`${SCOPE}service-worker.js`, options);
  await active(registration);
  return subscribeOn(registration.pushManager, key);
}

/**
 * Be reached in a new way: everything that this browser follows goes along, as only it knew the old one.
 * @param {PushSubscription} old
 * @param {string} key
 */
export async function subscribeAnew(old, key) {
  const before = { endpoint: old.endpoint, auth: old.toJSON().keys?.auth };
  await old.unsubscribe();
  const next = await subscribe(key);
  await send('POST', `${SCOPE}abonnement`, { old: before, ...described(next) }).catch(() => null);
  return next;
}

/**
 * Follow a page no more, and be reached no more when that was the last. A server that does not answer is no reason to
 * be told on: whatever else was followed is repaired by the memory, at its next visit.
 * @param {string} address where the server hears of it
 * @returns {Promise<{card: string, needed: boolean} | null>} what it answered
 */
export async function stopFollowing(address) {
  await remember(address, false);
  const own = await ownSubscription();
  if (!own) return null;
  const response = await send('DELETE', address, { endpoint: own.endpoint }).catch(() => null);
  const answer = response?.ok ? await response.json() : null;
  if (answer?.needed) return answer;
  await own.unsubscribe();
  await letWorkersGo();
  return answer;
}

/**
 * Close what says that there is news of a page that is now open.
 * @param {string} target where such notifications lead
 */
export async function closeNotifications(target) {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  for (const shown of (await registration?.getNotifications()) ?? []) {
    if (new URL(shown.data?.navigate ?? '', location.origin).pathname === target) shown.close();
  }
}

/** Unregister what nobody needs. */
export async function letWorkersGo() {
  if ('caches' in window && (await caches.has(COPIES))) return;
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  for (const registration of registrations) {
    if (!FOLDERS.includes(new URL(registration.scope).pathname)) continue;
    if (!(await registration.pushManager?.getSubscription())) await registration.unregister();
  }
}

/**
 * @param {'PUT' | 'DELETE' | 'POST'} method
 * @param {string} address
 * @param {object} body
 */
export function send(method, address, body) {
  return fetch(address, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

/**
 * @param {PushSubscription} subscription
 * @returns {object} as the server takes it
 */
export function described(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, keys, vapid_key: keyOf(subscription) };
}

/**
 * @param {string} page
 * @returns {Promise<boolean>} whether this device was to be told of this page
 */
export async function isRemembered(page) {
  return read().on.includes(await markOf(page));
}

/**
 * Remember whether this device is told of a page: under a hash, which names no link.
 * @param {string} page
 * @param {boolean} on
 */
export async function remember(page, on) {
  const mark = await markOf(page);
  const { refused, on: marks } = read();
  const others = marks.filter((one) => one !== mark);
  if (on) write({ on: [...others, mark] });
  else write({ refused, on: others });
}

export const hasRefused = () => read().refused === true;
export const rememberRefusal = () => write({ ...read(), refused: true });

/** Forget what is remembered here, for a request that leaves nothing on the device. */
export function forgetMemory() {
  write({ on: [] });
}

/** @returns {Memory} */
function read() {
  try {
    return { on: [], ...JSON.parse(localStorage.getItem(MEMORY) ?? '{}') };
  } catch {
    return { on: [] };
  }
}

/** @param {Memory} memory */
function write(memory) {
  try {
    if (memory.refused || memory.on.length) localStorage.setItem(MEMORY, JSON.stringify(memory));
    else localStorage.removeItem(MEMORY);
  } catch {
    // A browser that keeps nothing asks again, which is all that its owner can expect.
  }
}

/** @param {string} page its address, in whichever language */
function markOf(page) {
  const token = FOLDERS.reduce((path, folder) => path.replace(folder, ''), page).split('/', 1)[0];
  return fingerprint(token);
}

/**
 * A worker that is still being installed cannot be subscribed.
 * @param {ServiceWorkerRegistration} registration
 */
async function active(registration) {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  while (worker && worker.state !== 'activated') {
    if (worker.state === 'redundant') throw new Error('redundant');
    await new Promise((resolve) => { worker.addEventListener('statechange', resolve, { once: true }); });
  }
}
