import { showDeviceCard } from './device-card.js';

const TRY_EVERY_MS = 15_000;
/** Shorter than the worker's own patience, or a slow network would bring the copy back again and again. */
const PATIENCE_MS = 3000;

/** The copy on screen: it gives way to the page as soon as the network answers. */
export function watchForNetwork() {
  let forgotten = false;
  showDeviceCard(() => { forgotten = true; });
  addEventListener('online', retry);
  document.addEventListener('visibilitychange', retry);
  setInterval(retry, TRY_EVERY_MS);

  async function retry() {
    // Whoever has just forgotten the page does not want it fetched and kept again.
    if (forgotten || document.hidden) return;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store', signal: patience.signal }).catch(() => null);
    clearTimeout(timer);
    // A page that is gone is news as well; one that a proxy cannot reach is none.
    if (answer && answer.status < 500) location.reload();
  }
}
