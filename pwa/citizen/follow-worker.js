// The citizen's follow pages without network, and (follow-notices.js, which the build joins) what citizens are told while
// no page is open. A classic script, served from the folder of the pages of one language, which is all that it reaches.
// The network always comes first; the copy is for when it does not answer. What lies on the device names no link: copies
// are kept under a hash of it, and hold neither the link nor the code.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const FOLDER = new URL(worker.registration.scope).pathname;
const COPIES = 'follow-copies';
const FILES = 'follow-files';
/** After this long somebody on a bus is better served by what is known. */
const PATIENCE_MS = 4000;
const GONE = new Set([404, 410]);
/** What a proxy or a database that is away answers: as good as no network. */
const AWAY = new Set([502, 503, 504]);

/** @typedef {{type: 'keep' | 'forget', address: string}} Order */

/** @type {Promise<unknown>} */
let lastJob = Promise.resolve();

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  if (mode === 'navigate') event.respondWith(openPage(event, pathname));
  else if (pathname.startsWith('/static/')) event.respondWith(openFile(event.request));
});

worker.addEventListener('message', (event) => {
  const { type, address } = /** @type {Order} */ (event.data);
  const job = type === 'keep' ? () => keep(address) : () => forget(address).then(() => false);
  event.waitUntil(inTurn(job).catch(() => false).then((kept) => event.ports[0]?.postMessage(kept)));
});

worker.addEventListener('push', (event) => event.waitUntil(showPushed(event.data)));
worker.addEventListener('notificationclick', (event) => event.waitUntil(answerTap(event.notification, event.action)));
worker.addEventListener('pushsubscriptionchange', (event) => {
  const { oldSubscription, newSubscription } = /** @type {PushSubscriptionChangeEvent} */ (event);
  /** @type {ExtendableEvent} */ (event).waitUntil(renew(oldSubscription, newSubscription));
});

/**
 * One change of the copies after the other, so that what is forgotten is not kept again by an order given before.
 * @template T
 * @param {() => Promise<T>} job
 * @returns {Promise<T>}
 */
function inTurn(job) {
  const result = lastJob.then(job, job);
  lastJob = result;
  return result;
}

/**
 * The page from the network; the copy when the network fails or takes too long.
 * @param {FetchEvent} event
 * @param {string} pathname
 * @returns {Promise<Response>}
 */
async function openPage(event, pathname) {
  const network = fetch(event.request).then(async (answer) => {
    if (GONE.has(answer.status)) await inTurn(() => forget(pathname));
    return answer;
  });
  event.waitUntil(network.catch(() => undefined));
  await inTurn(dropExpired);
  const copy = await caches.match(await keyOf(pathname), { cacheName: COPIES });
  if (!copy) return network;
  const page = `${FOLDER}${tokenOf(pathname)}`;
  const failed = network.catch(() => undefined);
  // Who writes a message or withdraws waits for the real page: the copy could not do it.
  const answer = await (pathname === page ? Promise.race([failed, patience()]) : failed);
  if (answer && !AWAY.has(answer.status)) return answer;
  return pathname === page ? copy : Response.redirect(page);
}

/** @returns {Promise<undefined>} */
function patience() {
  return new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
}

/** @param {Request} request */
async function openFile(request) {
  return (await caches.match(request.url, { cacheName: FILES, ignoreVary: true })) ?? fetch(request);
}

/**
 * Fetch the copy that the server makes for the device; where it makes none, there may be none.
 * @param {string} address
 * @returns {Promise<boolean>} whether there is a copy now
 */
async function keep(address) {
  const answer = await fetch(address, { cache: 'no-store' });
  if (GONE.has(answer.status)) await forget(address);
  if (!answer.ok) return false;
  const html = await answer.text();
  await keepFiles([...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, file]) => file));
  const copies = await caches.open(COPIES);
  // An answer made anew does not remember the address that it came from.
  await copies.put(await keyOf(address), new Response(html, { headers: answer.headers }));
  return true;
}

/**
 * Keep what the copy is drawn with, and what that refers to in turn. All of it has names that change with the content.
 * @param {string[]} addresses
 */
async function keepFiles(addresses) {
  const files = await caches.open(FILES);
  const wanted = new Set(addresses);
  for (const address of wanted) {
    if (await files.match(address)) continue;
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    for (const name of referredTo(address, await answer.clone().text())) wanted.add(name);
    await files.put(address, answer);
  }
}

/**
 * @param {string} address
 * @param {string} text
 * @returns {string[]} the pictures of a style sheet, the static imports of a script; what a script loads later is left out
 */
function referredTo(address, text) {
  const patterns = { css: /url\("?(\.\.?\/[^")]+)"?\)/g, js: /(?:from|import)\s*"(\.\.?\/[^"]+)"/g };
  const pattern = address.endsWith('.css') ? patterns.css : address.endsWith('.js') ? patterns.js : null;
  if (!pattern) return [];
  return [...text.matchAll(pattern)].map(([, name]) => new URL(name, new URL(address, location.origin)).pathname);
}

/**
 * Delete the copies of this link in both languages; with the last copy everything goes, this worker included.
 * @param {string} pathname any address below the follow page
 */
async function forget(pathname) {
  const hash = await hashOf(tokenOf(pathname));
  await dropCopies(async ({ url }) => url.endsWith(hash));
}

/** Nothing is kept for longer than the server allowed, which it says in `Expires`. */
async function dropExpired() {
  await dropCopies(async (request) => {
    const copy = await caches.match(request, { cacheName: COPIES });
    return !(Date.parse(copy?.headers.get('Expires') ?? '') > Date.now());
  });
}

/** @param {(request: Request) => Promise<boolean>} condition */
async function dropCopies(condition) {
  // Opening a cache makes it, and a visit that keeps nothing must not leave even an empty one.
  if (!(await caches.has(COPIES))) return;
  const copies = await caches.open(COPIES);
  for (const request of await copies.keys()) {
    if (await condition(request)) await copies.delete(request);
  }
  if ((await copies.keys()).length) return;
  await Promise.all([caches.delete(COPIES), caches.delete(FILES)]);
  await leave();
}

/** Nothing is left to do here, unless somebody is to be told through this worker. */
async function leave() {
  if (await worker.registration.pushManager?.getSubscription()) return;
  await worker.registration.unregister();
}

/** @param {string} pathname */
function tokenOf(pathname) {
  return pathname.slice(FOLDER.length).split('/', 1)[0];
}

/** @param {string} pathname */
async function keyOf(pathname) {
  return `${FOLDER}${await hashOf(tokenOf(pathname))}`;
}

/**
 * @param {string} token
 * @returns {Promise<string>} 64 hexadecimal digits
 */
async function hashOf(token) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
