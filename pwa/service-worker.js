// The terminal without a page: its shell without network, its outbox when the page is gone, its notifications. Classic
// scripts, written by hand, which the build only joins: this one listens, and calls named functions here and in worker/.
// It never takes over by itself: the page offers the new version, and a person decides when.

const PREFIX = 'terminal-shell-';
const CACHE = `${PREFIX}${worker.PRECACHE.version}`;
const FILES = new Set(worker.PRECACHE.files);

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(worker.skipWaiting());
  if (event.data === 'tidy') event.waitUntil(tidyUp());
});
worker.addEventListener('fetch', (event) => {
  const answer = answerFor(event.request);
  if (answer) event.respondWith(answer);
});
for (const name of ['sync', 'periodicsync']) {
  worker.addEventListener(name, (event) => /** @type {ExtendableEvent} */ (event).waitUntil(catchUp()));
}
worker.addEventListener('push', (event) => event.waitUntil(showPushed(event.data)));
worker.addEventListener('notificationclick', (event) => event.waitUntil(answerTap(event.notification, event.action)));
worker.addEventListener('pushsubscriptionchange', (event) => /** @type {ExtendableEvent} */ (event).waitUntil(subscribeAgain()));

/** Fetch the whole shell, or fail and leave the old version in charge. */
async function install() {
  const cache = await caches.open(CACHE);
  const shell = await fetch(SHELL, { cache: 'reload' });
  const page = await shell.clone().text();
  // A deployment in between would pair this version's files with another version's page.
  if (!shell.ok || !page.includes(`data-version="${worker.PRECACHE.version}"`)) throw new Error('version');
  await cache.addAll(worker.PRECACHE.files);
  await cache.put(SHELL, shell);
}

/** Forget the older versions and take charge of the pages that are open. */
async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * @param {Request} request
 * @returns {Promise<Response> | undefined} undefined: the network's business, as everything under /api/ is
 */
function answerFor(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return undefined;
  if (request.mode === 'navigate') return pathname.startsWith(SHELL) ? fromCache(SHELL, request) : undefined;
  return FILES.has(pathname) ? fromCache(pathname, request) : undefined;
}

/**
 * @param {string} name
 * @param {Request} request
 */
async function fromCache(name, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? fetch(request);
}
