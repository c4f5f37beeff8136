// The card « Être prévenu »: what this device can do, asked by a tap, and repaired at each visit. The words are the page's.

import { fingerprint, keyOf } from '../push/subscription.js';
import {
  canBeTold, closeNotifications, described, hasRefused, isRemembered, ownSubscription, remember, rememberRefusal, send, stopFollowing,
  subscribe, subscribeAnew,
} from './device-push.js';

/** Show what this device can do about the page that is open, once it is known to be true. */
export async function showToldCard() {
  const card = /** @type {HTMLElement | null} */ (document.querySelector('#prevenir'));
  // Without a key there is no web push here.
  if (!card?.dataset.key) return;
  if (!canBeTold()) {
    if (isAppleTouch()) offerHomeScreen(card);
    return;
  }
  const shown = (await repair(card).catch(() => null)) ?? card;
  await present(shown);
  await closeNotifications(/** @type {string} */ (card.dataset.target));
}

/**
 * Compare how this browser is reached with what the server holds, and mend what differs.
 * @param {HTMLElement} card
 * @returns {Promise<HTMLElement | null>} the card anew; null when nothing was to be said
 */
async function repair(card) {
  const key = /** @type {string} */ (card.dataset.key);
  const own = await ownSubscription();
  const follows = await isFollowing(card, own);
  const wanted = follows || (await isRemembered(pageOf(card)));
  if (!wanted) return null;
  // They have chosen another way meanwhile, perhaps on another device.
  if (!('byPush' in card.dataset)) return stop(card);
  if (Notification.permission !== 'granted') return follows ? stop(card) : null;
  if (own && (!follows || keyOf(own) !== key)) return follow(card, await subscribeAnew(own, key));
  return follow(card, own ?? (await subscribe(key)));
}

/**
 * @param {HTMLElement} card
 * @param {PushSubscription | null} own
 */
async function isFollowing({ dataset }, own) {
  return own !== null && (dataset.browsers ?? '').split(' ').includes(await fingerprint(own.endpoint));
}

/** @param {HTMLElement} card */
async function present(card) {
  const on = await isFollowing(card, await ownSubscription());
  const denied = Notification.permission === 'denied';
  show(card, on ? 'on' : denied ? 'blocked' : 'offer');
  if (!on && (denied || hasRefused())) makeQuiet(card);
  card.onclick = ({ target }) => {
    const button = /** @type {Element} */ (target).closest('[data-do]');
    if (button instanceof HTMLButtonElement) void answer(card, button);
  };
}

/**
 * @param {HTMLElement} card
 * @param {HTMLButtonElement} button
 */
async function answer(card, button) {
  if (button.dataset.do === 'refuse') {
    rememberRefusal();
    makeQuiet(card);
    card.focus();
    return;
  }
  button.disabled = true;
  try {
    const next = button.dataset.do === 'stop' ? await stop(card) : await start(card);
    if (next) await present(next);
    next?.focus();
  } catch (error) {
    say(card, error instanceof Refused ? error.message : words(card, 'failed'));
  } finally {
    button.disabled = false;
  }
}

/**
 * Ask, and let this device be told.
 * @param {HTMLElement} card
 */
async function start(card) {
  // Browsers only ask while the tap is fresh, hence before anything else.
  const permission = await Notification.requestPermission();
  if (permission === 'default') return null;
  if (permission === 'denied') {
    if (!('quiet' in card.dataset)) rememberRefusal();
    show(card, 'blocked');
    card.focus();
    return null;
  }
  const key = /** @type {string} */ (card.dataset.key);
  const own = await ownSubscription();
  return follow(card, own && keyOf(own) !== key ? await subscribeAnew(own, key) : (own ?? (await subscribe(key))));
}

/**
 * @param {HTMLElement} card
 * @param {PushSubscription} subscription
 */
async function follow(card, subscription) {
  const response = await send('PUT', pageOf(card), described(subscription));
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.title);
  if (!('quiet' in card.dataset)) await remember(pageOf(card), true);
  return replace(card, answer.card);
}

/**
 * Let this device not be told of this page any more.
 * @param {HTMLElement} card
 */
async function stop(card) {
  const answer = await stopFollowing(pageOf(card));
  return answer ? replace(card, answer.card) : card;
}

/** The server's own words say why. */
class Refused extends Error {}

/**
 * Put the card that the server answers with in the place of this one.
 * @param {HTMLElement} card
 * @param {string} html
 * @returns {HTMLElement}
 */
function replace(card, html) {
  const fragment = document.createElement('template');
  fragment.innerHTML = html;
  const next = /** @type {HTMLElement | null} */ (fragment.content.querySelector('#prevenir')) ?? card;
  const wasOpen = card.querySelector('details')?.open;
  card.replaceWith(next);
  const details = next.querySelector('details');
  if (details && wasOpen) details.open = true;
  return next;
}

/**
 * What was refused is offered in one quiet line only.
 * @param {HTMLElement} card
 */
function makeQuiet(card) {
  const details = card.querySelector('details');
  const device = card.querySelector('[data-device]');
  if (!details || !device || details.contains(device)) return;
  details.hidden = false;
  details.querySelector('summary')?.after(device);
  device.querySelector('[data-do=refuse]')?.remove();
}

/** @param {HTMLElement} card */
function offerHomeScreen(card) {
  const hint = /** @type {HTMLElement | null} */ (card.querySelector('[data-when=home-screen]'));
  if (!hint) return;
  const link = Object.assign(document.createElement('link'), { rel: 'manifest', href: hint.dataset.manifest });
  document.head.append(link);
  hint.hidden = false;
}

/** iPads call themselves Macs, of which none has a screen to touch. */
function isAppleTouch() {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

/**
 * @param {HTMLElement} card
 * @param {'offer' | 'on' | 'blocked'} which
 */
function show(card, which) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (card.querySelectorAll('[data-when]'))) {
    part.hidden = part.dataset.when !== which;
  }
}

/**
 * @param {HTMLElement} card
 * @param {string} sentence
 */
function say(card, sentence) {
  const place = card.querySelector('[data-said]');
  if (place) place.textContent = sentence;
}

/**
 * @param {HTMLElement} card
 * @param {string} which
 */
const words = (card, which) => card.querySelector(`[data-when=${which}]`)?.textContent ?? '';

/** @param {HTMLElement} card */
const pageOf = (card) => /** @type {string} */ (card.dataset.address);
