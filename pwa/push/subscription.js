// How the push service of this browser reaches it, and what of that the server is told.

/** @typedef {{from: string, until: string}} Quiet hours by the unit's clock: 22:00 */

/**
 * What the server compares an endpoint by, so that the address itself, which is a key, is told to nobody.
 * @param {string} endpoint
 * @returns {Promise<string>} its SHA-256, base64url
 */
export async function fingerprint(endpoint) {
  return base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint)));
}

/**
 * The server's key that a subscription was made with.
 * @param {PushSubscription} subscription
 * @returns {string} base64url; empty where the browser does not say
 */
export function keyOf({ options }) {
  return options?.applicationServerKey ? base64url(options.applicationServerKey) : '';
}

/**
 * @param {PushManager} manager
 * @param {string} key the server's public key, base64url
 * @returns {Promise<PushSubscription>}
 * @throws {DOMException} `NotAllowedError`: a person refused it; else the push service was not reached
 */
export function subscribe(manager, key) {
  const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'));
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: Uint8Array.from(text, (one) => one.charCodeAt(0)) });
}

/**
 * Change the key that a subscription was made with; browsers hold one at a time, so the old one has to go first.
 * @param {PushManager} manager
 * @param {PushSubscription} old
 * @param {string} key
 * @returns {Promise<PushSubscription>} with `key`, or with the old one, which the server keeps until all have changed
 * @throws {DOMException} there is none now; the next start tries again
 */
export async function renew(manager, old, key) {
  const before = keyOf(old);
  await old.unsubscribe();
  try {
    return await subscribe(manager, key);
  } catch (error) {
    if (!before || before === key) throw error;
    return subscribe(manager, before);
  }
}

/**
 * What the server is told.
 * @param {PushSubscription} subscription
 * @param {'fr' | 'en'} language
 * @param {Quiet | null} quiet
 */
export function toSend(subscription, language, quiet) {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, keys, vapid_key: keyOf(subscription), language, quiet };
}

/** @param {ArrayBuffer} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
