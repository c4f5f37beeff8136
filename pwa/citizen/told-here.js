// A follow page told through this browser: begun, stopped, and repaired at each visit. Whoever calls holds the lock
// (`alone`), as all of it changes the one subscription that this browser has.

import { fingerprint, keyOf } from '../push/subscription.js';
import {
  described, finishMoving, isRemembered, ownSubscription, remember, send, stopFollowing, subscribe, subscribeAnew,
} from './device-push.js';

/**
 * @typedef {object} Page what the server knew when it rendered it
 * @property {string} address where it hears of this page's notifications
 * @property {string} key its public key, base64url
 * @property {string[]} browsers fingerprints of those that follow this page
 * @property {boolean} byPush whether they are told by notifications at all
 * @property {boolean} discreet whether nothing of it may be remembered here
 */

/** The server's own words say why. */
export class Refused extends Error {}

/**
 * Compare how this browser is reached with what the server holds, and mend what differs.
 * @param {Page} page
 * @param {() => Promise<Page | null>} readAnew the same page as it would be rendered now
 * @returns {Promise<string | null>} the card anew; null when nothing was to be said
 */
export async function repair(page, readAnew) {
  const granted = Notification.permission === 'granted';
  if (granted) await finishMoving(page.key);
  const own = await ownSubscription();
  let now = page;
  let follows = await isFollowing(page, own);
  if (own && !follows && page.browsers.length) {
    // Another page may have changed how this browser is reached after this one was rendered.
    const fresh = await readAnew();
    if (!fresh) return null;
    now = fresh;
    follows = await isFollowing(fresh, own);
  }
  if (!follows && !(await isRemembered(page.address))) return null;
  // They have chosen another way meanwhile, perhaps on another device.
  if (!now.byPush) return stop(now);
  if (!granted) return follows ? stop(now) : null;
  if (own && (!follows || keyOf(own) !== now.key)) return follow(now, await subscribeAnew(own, now.key));
  return follow(now, own ?? (await subscribe(now.key)));
}

/**
 * @param {Page} page
 * @param {PushSubscription | null} own
 */
export async function isFollowing({ browsers }, own) {
  return own !== null && browsers.includes(await fingerprint(own.endpoint));
}

/**
 * Let this device be told; its user has allowed it.
 * @param {Page} page
 * @returns {Promise<string>} the card anew
 * @throws {Refused} by the server
 */
export async function start(page) {
  const own = await ownSubscription();
  const { key } = page;
  return follow(page, own && keyOf(own) !== key ? await subscribeAnew(own, key) : (own ?? (await subscribe(key))));
}

/**
 * Let this device not be told of this page any more.
 * @param {Page} page
 * @returns {Promise<string | null>} the card anew; null when the server did not answer
 * @throws {Error} it did not, and a discreet page stays as it is
 */
export async function stop({ address, discreet }) {
  const answer = await stopFollowing(address, { discreet });
  return answer && answer.card;
}

/**
 * @param {Page} page
 * @param {PushSubscription} subscription
 * @returns {Promise<string>}
 */
async function follow({ address, discreet }, subscription) {
  const response = await send('PUT', address, described(subscription));
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.title);
  if (!discreet) await remember(address, true);
  return answer.card;
}
