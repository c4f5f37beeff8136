// This browser as the citizen's pages tell through it: one subscription for all that it follows, in both languages, made
// on the worker of the French folder. What it follows is known to the server; the memory here is for what got lost.

import { fingerprint, keyOf, renew, subscribe as subscribeOn } from '../push/subscription.js';

const FOLDERS = ['/suivi/', '/en/follow/'];
const SCOPE = FOLDERS[0];
const COPIES = 'follow-copies';
const MEMORY = 'follow-push';

/** @typedef {{endpoint: string, auth?: string}} Old how the browser was reached, as the server has to hear it */
/** @typedef {{refused?: boolean, on: string[], moved?: Old[]}} Memory `moved`: what the server has not heard of yet */

export const canBeTold = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/**
 * Two pages that are open at once share the one subscription: what changes it is done by one after the other. Whoever
 * comes second looks again at what there is.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function alone(work) {
  // Browsers without web locks are told as well, and had better not open two pages at once.
  return navigator.locks ? navigator.locks.request(MEMORY, work) : work();
}

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
  return subscribeOn(await manager(), key);
}

async function manager() {
  const options = /** @type {RegistrationOptions} */ ({ scope: SCOPE, updateViaCache: 'none' });
  const registration = await navigator.serviceWorker.register(`${SCOPE}service-worker.js`, options);
  await active(registration);
  return registration.pushManager;
}

/**
 * Be reached in a new way: everything that this browser follows goes along, as only it knew the old one.
 * @param {PushSubscription} old
 * @param {string} key
 * @returns {Promise<PushSubscription>} with `key`, or with the old one where the new one does not subscribe
 * @throws {DOMException} there is none now; the next visit of any page tries again
 */
export async function subscribeAnew(old, key) {
  const pushManager = await manager();
  const moved = [...movedFrom(), { endpoint: old.endpoint, auth: old.toJSON().keys?.auth }];
  // Before anything is lost: a discreet page has no other memory, and the server knows no other name of this browser.
  writeMoved(moved);
  const next = await renew(pushManager, old, key);
  await tellMoved(moved, next);
  return next;
}

/**
 * Take up again what was left when the push service or the server was away.
 * @param {string} key of the server
 * @throws {DOMException} the push service still is
 */
export async function finishMoving(key) {
  const moved = movedFrom();
  if (moved.length) await tellMoved(moved, (await ownSubscription()) ?? (await subscribe(key)));
}

/**
 * @param {Old[]} moved
 * @param {PushSubscription} next
 */
async function tellMoved(moved, next) {
  const left = [];
  for (const old of moved) {
    const response = await send('POST', `${SCOPE}abonnement`, { old, ...described(next) }).catch(() => null);
    // Any other refusal is final: nothing is followed that way any more.
    if (!response || response.status === 429 || response.status >= 500) left.push(old);
  }
  writeMoved(left);
}

/**
 * Follow a page no more, and be reached no more when that was the last. A server that does not answer is no reason to
 * be told on: whatever else was followed is repaired by the memory, at its next visit. Discreet pages have none: theirs
 * stays as it is, and says so.
 * @param {string} address where the server hears of it
 * @param {{discreet?: boolean}} [page]
 * @returns {Promise<{card: string, needed: boolean} | null>} what it answered
 * @throws {Error} it did not, of a discreet page
 */
export async function stopFollowing(address, { discreet = false } = {}) {
  await remember(address, false);
  // What still hangs on an old way would come back together with the rest.
  const left = [];
  for (const old of movedFrom()) if ((await drop(address, old.endpoint))?.needed !== false) left.push(old);
  writeMoved(left);
  const own = await ownSubscription();
  if (!own) return null;
  const answer = await drop(address, own.endpoint);
  if (answer?.needed) return answer;
  if (!answer && discreet) throw new Error('no answer');
  await own.unsubscribe();
  await letWorkersGo();
  return answer;
}

/**
 * @param {string} address
 * @param {string} endpoint
 * @returns {Promise<{card: string, needed: boolean} | null>} null where the server did not do it
 */
async function drop(address, endpoint) {
  const response = await send('DELETE', address, { endpoint }).catch(() => null);
  return response?.ok ? response.json() : null;
}

/**
 * Close what says that there is news of a page that is now open, in whichever language.
 * @param {string} target where such notifications lead
 */
export async function closeNotifications(target) {
  const token = tokenOf(target);
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  for (const shown of (await registration?.getNotifications()) ?? []) {
    if (tokenOf(shown.data?.navigate ?? '') === token) shown.close();
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
  const { refused, moved, on: marks } = read();
  const others = marks.filter((one) => one !== mark);
  if (on) write({ moved, on: [...others, mark] });
  else write({ refused, moved, on: others });
}

export const hasRefused = () => read().refused === true;
export const rememberRefusal = () => write({ ...read(), refused: true });

/** Forget what is remembered here, for a request that leaves nothing on the device but what it is told through. */
export function forgetMemory() {
  write({ on: [], moved: read().moved });
}

const movedFrom = () => read().moved ?? [];
const writeMoved = (/** @type {Old[]} */ moved) => write({ ...read(), moved: moved.length ? moved : undefined });

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
    if (memory.refused || memory.on.length || memory.moved?.length) localStorage.setItem(MEMORY, JSON.stringify(memory));
    else localStorage.removeItem(MEMORY);
  } catch {
    // A browser that keeps nothing asks again, which is all that its owner can expect.
  }
}

/**
 * @param {string} address
 * @returns {string | undefined} the token of the follow page there, empty at the entrance; undefined elsewhere
 */
function tokenOf(address) {
  const { pathname } = new URL(address, location.origin);
  const folder = FOLDERS.find((one) => `${pathname}/`.startsWith(one));
  return folder && pathname.slice(folder.length).split('/', 1)[0];
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
