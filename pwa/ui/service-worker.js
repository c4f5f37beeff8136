const HOUR = 3_600_000;

/**
 * Register the service worker, and say when a newer version waits.
 * @param {() => void} waiting
 * @returns {() => void} lets the waiting version take over; the page reloads once it has
 */
export function registerServiceWorker(waiting) {
  /** @type {ServiceWorkerRegistration | undefined} */
  let registration;
  if ('serviceWorker' in navigator) {
    // The very first worker takes over a page that is as new as itself: nothing to reload.
    let controlled = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (controlled) location.reload();
      controlled = true;
    });
    void start();
  }
  return () => registration?.waiting?.postMessage('take-over');

  async function start() {
    // The first picture comes first; what the worker fetches is for the next time.
    if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
    const found = await navigator.serviceWorker.register('/terminal/service-worker.js', { scope: '/terminal/', updateViaCache: 'none' })
      .catch((error) => console.warn('no service worker', error));
    if (!found) return;
    registration = found;
    if (found.waiting && navigator.serviceWorker.controller) waiting();
    found.addEventListener('updatefound', () => {
      const { installing } = found;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed' && navigator.serviceWorker.controller) waiting();
      });
    });
    const look = () => void found.update().catch(() => undefined);
    setInterval(look, HOUR);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
  }
}
