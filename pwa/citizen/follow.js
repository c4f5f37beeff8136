// @entry
// The follow page, live: a poke on the socket says "come and look", and the state is fetched again from the server.
// A copy on the device takes its place when the network is gone; on the copy, this same script waits for the network.

import { forgetAllCopies, keepCopy } from './device-copy.js';
import { showDeviceCard } from './device-card.js';
import { watchForNetwork } from './offline-copy.js';

/** A socket that reconnects and a page that comes back into view may ask together; one answer is enough for both. */
const TOGETHER_MS = 30;
/** Where no socket can be had, the page looks by itself now and then. */
const LOOK_EVERY_MS = 60_000;
/** A state that has not changed is known again at each look; the copy need not say so to the second. */
const RENEW_AFTER_MS = 5 * 60_000;
/** From one network to the next a phone is offline for a moment, which is nobody's concern. */
const AWAY_AFTER_MS = 5000;

const state = /** @type {HTMLElement | null} */ (document.querySelector('#etat'));
const announcement = document.querySelector('#annonce');
/** @type {ReturnType<typeof setTimeout> | undefined} */
let planned;
let connected = false;
let kept = false;
let forgotten = false;
let keptAt = 0;

/**
 * Fetch the state again and put it in place; a failure is no news, the next poke or look tries again.
 * @returns {Promise<boolean>} whether the server was reached
 */
async function look() {
  if (!state?.dataset.state) return false;
  const answer = await fetch(state.dataset.state, { cache: 'no-store' }).catch(() => null);
  if (answer?.status === 404) location.reload();
  if (!answer?.ok) return answer !== null;
  const fragment = document.createElement('template');
  fragment.innerHTML = await answer.text();
  if (fragment.innerHTML.trim() === state.innerHTML.trim()) {
    if (Date.now() - keptAt > RENEW_AFTER_MS) void keep();
    return true;
  }
  const before = title();
  state.replaceChildren(fragment.content);
  if (announcement && title() !== before) announcement.textContent = title();
  void keep();
  return true;
}

/** Keep the state on the device, unless there must be no trace of it or somebody has asked to forget it. */
async function keep() {
  if (!state?.dataset.copy || forgotten) return;
  keptAt = Date.now();
  kept = await keepCopy(state.dataset.copy);
  if (kept) showDeviceCard(() => { [kept, forgotten] = [false, true]; void showTold(); });
}

/** The copy says since when nothing is known, and what can be done all the same. */
function showCopy() {
  if (kept) location.reload();
}

/** What the state says on top, for those who hear the page. */
function title() {
  const parts = state?.querySelectorAll('#etat-titre, #etat-suite') ?? [];
  return Array.from(parts, (part) => part.textContent).join('. ');
}

function lookSoon() {
  clearTimeout(planned);
  planned = setTimeout(look, TOGETHER_MS);
}

async function listen() {
  const { io } = await import('socket.io-client');
  const socket = io('/citizen', { auth: { token: state?.dataset.token }, transports: ['websocket'] });
  socket.on('connect', () => {
    connected = true;
    document.documentElement.dataset.live = 'yes';
    // Whatever happened between the rendering of the page and this moment had nobody to poke.
    lookSoon();
  });
  socket.on('disconnect', () => {
    connected = false;
    document.documentElement.dataset.live = 'no';
  });
  socket.on('poke', lookSoon);
}

if (state) {
  void listen();
  // The page comes first; what is kept is for the next time.
  if (document.readyState === 'complete') void start();
  else addEventListener('load', start, { once: true });
  setInterval(async () => {
    if (!connected && !document.hidden && !(await look())) showCopy();
  }, LOOK_EVERY_MS);
  addEventListener('offline', () => setTimeout(() => navigator.onLine || showCopy(), AWAY_AFTER_MS));
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) lookSoon();
  });
}

async function start() {
  await (state && 'discreet' in state.dataset ? forgetAllCopies() : keep());
  document.documentElement.dataset.copy = kept ? 'kept' : 'none';
  await showTold();
}

async function showTold() {
  const { showToldCard } = await import('./told-card.js');
  await showToldCard();
  document.documentElement.dataset.told = 'yes';
}

if (document.querySelector('#copie')) watchForNetwork();

const printButton = /** @type {HTMLButtonElement | null} */ (document.querySelector('#imprimer'));
if (printButton) {
  printButton.hidden = false;
  printButton.addEventListener('click', () => window.print());
}
