import { Problem } from '../sync/api.js';
import { fingerprint, keyOf, renew, subscribe, toSend } from './subscription.js';

/**
 * @typedef {import('./subscription.js').Quiet} Quiet
 * @typedef {{fingerprint: string, vapid_key: string, quiet: Quiet | null, key: string | null}} Kept what the server has
 * @typedef {{quiet: Quiet | null, language?: 'fr' | 'en'}} Wish that this terminal is to be told, kept beside the outbox;
 *   `language`: the one that the server knows of
 *
 * @typedef {object} Parts
 * @property {(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<any>} ask the server
 * @property {PushManager} manager
 * @property {boolean} allowed notifications are, on this device
 * @property {Wish | null} wish
 * @property {'fr' | 'en'} language
 */

export const PATH = '/api/terminals/this/push-subscription';

/**
 * Compare what the browser has with what the server has, and make both the same. The server's row is only replaced, so
 * that whatever breaks off leaves the terminal as reachable as it was.
 * @param {Parts} parts
 * @returns {Promise<Wish | null>} null: this terminal is not to be told
 * @throws {import('../sync/api.js').Offline | Problem | DOMException} another time
 */
export async function repair({ ask, manager, allowed, wish, language }) {
  const kept = await keptBy(ask);
  const own = await manager.getSubscription();
  if (!kept && !wish) {
    // Somebody else's, who had this device before.
    await own?.unsubscribe();
    return null;
  }
  const quiet = (kept ?? wish)?.quiet ?? null;
  if (!allowed) {
    // Nothing arrives any more: whoever is to be reached must be reached otherwise.
    if (kept) await ask('DELETE', PATH);
    return { quiet };
  }
  const { key } = kept ?? await ask('GET', '/api/push/key');
  if (!key || (own && kept && wish?.language === language && await isSame(own, kept, key))) return { ...wish, quiet };
  // What the server has forgotten it has often heard to be dead.
  const now = !own ? await subscribe(manager, key) : kept && keyOf(own) === key ? own : await renew(manager, own, key);
  await ask('PUT', PATH, toSend(now, language, quiet));
  return { quiet, language };
}

/**
 * @param {Parts['ask']} ask
 * @returns {Promise<Kept | null>}
 */
export async function keptBy(ask) {
  try {
    return await ask('GET', PATH);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/**
 * @param {PushSubscription} own
 * @param {Kept} kept
 * @param {string} key the present one
 */
async function isSame(own, kept, key) {
  return keyOf(own) === key && kept.vapid_key === key && kept.fingerprint === await fingerprint(own.endpoint);
}
