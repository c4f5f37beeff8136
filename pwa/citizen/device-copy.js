// The copy of a follow page on the citizen's own device, as the page asks its service worker for it.

const FOLDERS = ['/suivi/', '/en/follow/'];
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

/** Forget the copy of this page, in both languages. */
export async function forgetCopy() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) await order(registration.active, { type: 'forget', address: location.pathname });
}

/** Forget every follow page that this device has kept, and the workers that kept them. */
export async function forgetAllCopies() {
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  const ours = registrations.filter(({ scope }) => FOLDERS.includes(new URL(scope).pathname));
  await Promise.all(ours.map((registration) => registration.unregister()));
  if (!('caches' in window)) return;
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHES));
  await Promise.all(names.map((name) => caches.delete(name)));
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
