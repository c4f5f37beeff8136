// The card « Être prévenu »: what this device can do, asked by a tap, and repaired at each visit. The words are the page's.

import { alone, canBeTold, closeNotifications, hasRefused, ownSubscription, rememberRefusal } from './device-push.js';
import { Refused, isFollowing, repair, start, stop } from './told-here.js';

/** @typedef {import('./told-here.js').Page} Page */

/** Show what this device can do about the page that is open, once it is known to be true. */
export async function showToldCard() {
  const card = /** @type {HTMLElement | null} */ (document.querySelector('#prevenir'));
  // Without a key there is no web push here.
  if (!card?.dataset.key) return;
  if (!canBeTold()) {
    if (isAppleTouch()) offerHomeScreen(card);
    return;
  }
  const html = await alone(() => repair(pageOf(card), () => readAnew(card))).catch(() => null);
  await present(replace(card, html));
  await closeNotifications(/** @type {string} */ (card.dataset.target));
}

/** @param {HTMLElement} card */
async function present(card) {
  const on = await isFollowing(pageOf(card), await ownSubscription());
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
    if (button.dataset.do === 'start' && !(await mayTell(card))) return;
    const act = button.dataset.do === 'stop' ? stop : start;
    const next = replace(card, await alone(() => act(pageOf(card))));
    await present(next);
    next.focus();
  } catch (error) {
    say(card, error instanceof Refused ? error.message : words(card, 'failed'));
  } finally {
    button.disabled = false;
  }
}

/**
 * Ask the person: browsers only do while the tap is fresh, hence before anything else.
 * @param {HTMLElement} card
 * @returns {Promise<boolean>}
 */
async function mayTell(card) {
  const permission = await Notification.requestPermission();
  if (permission === 'denied') {
    if (!('quiet' in card.dataset)) rememberRefusal();
    show(card, 'blocked');
    card.focus();
  }
  return permission === 'granted';
}

/**
 * The page as the server would render it now.
 * @param {HTMLElement} card
 * @returns {Promise<Page | null>} null when there is no such card any more
 */
async function readAnew(card) {
  const answer = await fetch(location.href, { cache: 'no-store' });
  const next = cardIn(await answer.text());
  return next && next.dataset.address === card.dataset.address ? pageOf(next) : null;
}

/**
 * Put the card that the server answers with in the place of this one.
 * @param {HTMLElement} card
 * @param {string | null} html null where there is no answer
 * @returns {HTMLElement}
 */
function replace(card, html) {
  const next = html && cardIn(html);
  if (!next) return card;
  const wasOpen = card.querySelector('details')?.open;
  card.replaceWith(next);
  const details = next.querySelector('details');
  if (details && wasOpen) details.open = true;
  return next;
}

/**
 * @param {string} html
 * @returns {HTMLElement | null}
 */
function cardIn(html) {
  const fragment = document.createElement('template');
  fragment.innerHTML = html;
  return fragment.content.querySelector('#prevenir');
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

/**
 * @param {HTMLElement} card
 * @returns {Page}
 */
const pageOf = ({ dataset }) => ({
  address: dataset.address ?? '',
  key: dataset.key ?? '',
  browsers: (dataset.browsers ?? '').split(' ').filter(Boolean),
  byPush: 'byPush' in dataset,
  discreet: 'quiet' in dataset,
});
