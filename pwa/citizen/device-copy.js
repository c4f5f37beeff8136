// The copy of a follow page on the citizen's own device, as the page asks its service worker for it.

import { alone, forgetMemory, letWorkersGo, ownSubscription, stopFollowing } from './device-push.js';

const CACHES = 'follow-';

/**
 * Keep a copy of this page, or renew it.
 * @param {string} address where the server makes the copy
 * @returns {Promise<boolean>} false where the browser keeps none: an old one, a private window, a full disk
 */
export async function keepCopy(address) {
  if (!('serviceWorker' in navigator)) return false;
  const scope = new URL('..', new URL(address, location.origin)).pathname;
  try {
    await navigator.serviceWorker.register(`${scope}service-worker.js`, { scope, updateViaCache: 'none' });
    const { active } = await navigator.serviceWorker.ready;
    return active ? await order(active, { type: 'keep', address }) : false;
  } catch {
    return false;
  }
}

/** Forget the copy of this page, in both languages, and be told of it no more. */
export async function forgetCopy() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await alone(() => stopFollowing(`${pageOf(location.pathname)}/notifications`));
  if (registration?.active) await order(registration.active, { type: 'forget', address: location.pathname });
  await alone(letWorkersGo);
}

/**
 * Forget every follow page that this device has kept, and the workers that kept them. Only what somebody asked to be told
 * through stays: it keeps no page.
 */
export async function forgetAllCopies() {
  if ('caches' in window) {
    const names = (await caches.keys()).filter((name) => name.startsWith(CACHES));
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  await alone(letWorkersGo);
  if (!(await ownSubscription())) forgetMemory();
}

/**
 * @param {string} pathname any address below a follow page
 * @returns {string} the page's own
 */
function pageOf(pathname) {
  return /^\/(?:suivi|en\/follow)\/[^/]+/.exec(pathname)?.[0] ?? pathname;
}

/**
 * @param {ServiceWorker} worker
 * @param {{type: 'keep' | 'forget', address: string}} message
 * @returns {Promise<boolean>} whether there is a copy afterwards
 */
function order(worker, message) {
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      resolve(data === true);
      port1.close();
    };
  });
  worker.postMessage(message, [port2]);
  return answered;
}
