// The outbox without a page: sends what waits, and takes an action from a notification. The same rules as flush.js,
// outbox.js and pull.js, written small. What needs judgement (numbers that went astray, a refusal to be explained) is
// left to the page.

const MEMORY = 'terminal-memory';
const MIRROR = '/terminal/memory';
const STORES = ['docs', 'outbox', 'meta'];
const TAG = 'outbox';
/** Answers after which this terminal may not hold its documents any longer. */
const ENDS = /^(not_(signed_in|in_a_unit|your_outbox)|terminal_revoked)$/;

/**
 * @typedef {{seq: number, op: string, status: string, code: string | null}} Result
 * @typedef {{agent: {id: number}, csrf: string}} Owner
 */

/** The server refuses, and repeating helps nothing: a person must open the terminal. */
class Refused extends Error {}

/**
 * Wait for a request of IndexedDB, inside its transaction.
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} tx
 * @param {...string} keys
 * @returns {Promise<any[]>} who is signed in here, if somebody still is, and what is under `keys`
 */
async function facts(tx, ...keys) {
  const [me, ended, ...found] = await Promise.all(['me', 'ended', ...keys].map((key) => done(tx.objectStore('meta').get(key))));
  return [ended ? null : me, ...found];
}

/** @param {IDBTransaction} tx */
function committed(tx) {
  return new Promise((resolve, reject) => {
    tx.oncomplete = resolve;
    tx.onabort = () => reject(tx.error);
  });
}

/** @returns {Promise<{name: string} | undefined>} the second copy of the outbox, if there is one */
async function copied() {
  return (await caches.match(MIRROR, { cacheName: MEMORY }))?.json();
}

/**
 * The terminal's memory under its present name, which the second copy of the outbox knows; never a new one.
 * @returns {Promise<IDBDatabase>}
 */
async function openMemory() {
  const asked = indexedDB.open((await copied())?.name ?? 'terminal');
  asked.onupgradeneeded = () => asked.transaction?.abort();
  const db = await done(asked);
  db.onversionchange = () => db.close();
  return db;
}

/**
 * Give an action its number and keep it; it is on the disk when this resolves.
 * @param {IDBDatabase} db
 * @param {{op: string, args: object}} action
 * @returns {Promise<number>} its number
 * @throws {Refused} nobody is signed in here
 */
async function enqueue(db, action) {
  const tx = db.transaction(STORES, 'readwrite', { durability: 'strict' });
  const [meta, outbox] = [tx.objectStore('meta'), tx.objectStore('outbox')];
  const [me, client, seq = 0] = await facts(tx, 'client', 'seq');
  if (!me) throw new Refused();
  const mine = seq + 1;
  outbox.add({ ...action, seq: mine, at: new Date().toISOString() });
  meta.put(mine, 'seq');
  const all = await done(outbox.getAll());
  await committed(tx);
  const copy = JSON.stringify({ ...(await copied()), name: db.name, client, seq: mine, me, outbox: all });
  await (await caches.open(MEMORY)).put(MIRROR, new Response(copy)).catch(() => undefined);
  return mine;
}

/**
 * Call the server in the owner's name.
 * @param {IDBDatabase} db
 * @param {string} path
 * @param {object} [body]
 * @param {string} [method] where there is a body
 * @returns {Promise<any>}
 * @throws {Refused} it is the page's turn
 * @throws {Error} no network, or a server that asks for patience: try again later
 */
async function say(db, path, body, method = 'POST', again = false) {
  const [me] = /** @type {Owner[]} */ (await facts(db.transaction('meta')));
  const response = await fetch(path, {
    ...(body && { method, body: JSON.stringify(body) }),
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf },
    cache: 'no-store',
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (answer.code === 'csrf' && !again) {
    const present = await say(db, '/api/me', undefined, method, true);
    if (present.agent.id !== me.agent.id) throw new Refused();
    await done(db.transaction('meta', 'readwrite').objectStore('meta').put(present, 'me'));
    return say(db, path, body, method, true);
  }
  if (ENDS.test(answer.code)) {
    const tx = db.transaction(STORES, 'readwrite');
    tx.objectStore('docs').clear();
    tx.objectStore('meta').delete('cursor');
    await committed(tx);
  }
  throw response.status === 429 || response.status >= 500 ? new Error(answer.code) : new Refused();
}

/**
 * Send what the server has not acknowledged, in order. Pages and worker share one lock and one mark of what is sent.
 * @param {IDBDatabase} db
 * @returns {Promise<Result[]>}
 * @throws {Refused | Error}
 */
async function flush(db) {
  /** @type {Result[]} */
  const results = [];
  const run = async () => {
    for (;;) {
      const tx = db.transaction(STORES);
      const [me, client, sent = 0] = await facts(tx, 'client', 'sent');
      const waiting = await done(tx.objectStore('outbox').getAll(IDBKeyRange.lowerBound(sent, true), 50));
      if (!waiting.length) return;
      if (!me || !client) throw new Refused();
      const mutations = waiting.map((/** @type {any} */ { seq, op, args, at }) => ({ seq, op, args, at }));
      const answer = await say(db, '/api/sync/push', { client, schema: 1, mutations });
      results.push(...answer.results);
      await done(db.transaction('meta', 'readwrite').objectStore('meta').put(answer.lmid, 'sent'));
    }
  };
  await navigator.locks.request('outbox', run);
  return results;
}

/**
 * Bring what is new, so that the next start without network shows it. An answer with a refusal is left to the page,
 * which explains it.
 * @param {IDBDatabase} db
 */
async function pull(db) {
  for (let more = true; more;) {
    const [me, client, cursor = ''] = await facts(db.transaction('meta'), 'client', 'cursor');
    if (!client || !me) return;
    const answer = await say(db, `/api/sync/pull?client=${client}&cursor=${cursor}`);
    if (answer.results.some((/** @type {Result} */ { status }) => !/applied|noop/.test(status))) return;
    const tx = db.transaction(STORES, 'readwrite');
    const [docs, outbox, meta] = STORES.map((name) => tx.objectStore(name));
    const [still, present, at = '', seq = 0, lmid = 0] = await facts(tx, 'client', 'cursor', 'seq', 'lmid');
    if (!still || present !== client || at !== cursor || answer.lmid > seq) return;
    if (answer.reset) docs.clear();
    for (const { k, v, body } of answer.docs) body === null ? docs.delete(k) : docs.put({ k, v, body });
    outbox.delete(IDBKeyRange.upperBound(answer.lmid));
    meta.put(answer.cursor, 'cursor');
    meta.put(Math.max(answer.lmid, lmid), 'lmid');
    meta.put(new Date().toISOString(), 'contact_at');
    await committed(tx);
    more = answer.more;
  }
}

/**
 * What the system wakes the worker for: send, bring, and say what became of it.
 * @throws {Error} not yet: the system tries again
 */
async function catchUp() {
  const db = await openMemory().catch(() => null);
  if (!db) return;
  try {
    const results = await flush(db);
    await alone(() => tellResults(results));
    await pull(db);
    await alone(() => tidy(db));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await tell('look', { tag: 'look' }).catch(() => undefined);
  } finally {
    db.close();
    tellPages('changed');
  }
}

/** @param {'changed' | 'push-subscription-change'} news */
function tellPages(news) {
  const channel = new BroadcastChannel('terminal');
  channel.postMessage(news);
  channel.close();
}
