// Whoever opens a request that waits has seen it, and the server hears of it like of a tap: the rest of the unit is then
// spared the next call. Nobody asked for it, so it never shows as something that waits, and costs nobody a word when it
// is lost.

import { gateOf } from './lock/gate.js';
import { viewOf } from './store.js';
import { enqueue } from './sync/outbox.js';

/** What ends a wait and begins another. */
const ANEW = new Set(['request_released', 'request_transferred']);

/**
 * Say once for each wait that its request was opened here.
 * @param {object} parts
 * @param {import('./store.js').Store<import('./store.js').State>} parts.store
 * @param {import('./sync/engine.js').Engine} parts.engine
 * @param {import('./sync/db.js').Database} parts.db
 * @param {() => Promise<void>} parts.refresh read again what is held
 * @returns {() => Promise<void>} resolves when what was seen so far is in the outbox, on its way
 */
export function reportSights({ store, engine, db, refresh }) {
  let opened = '';
  let told = Promise.resolve();

  /** @param {import('./types').RequestDoc} request */
  const report = async (request) => {
    const seen = /** @type {Record<string, number>} */ ((await db.get('meta', 'seen')) ?? {});
    const wait = waitOf(request);
    if (seen[request.id] === wait) return;
    await enqueue(db, { op: 'request.seen', args: { request_id: request.id }, at: new Date().toISOString() });
    const waiting = viewOf(store.state.held).requests;
    const still = Object.entries(seen).filter(([id]) => waiting.get(id)?.state === 'waiting');
    await db.put('meta', { ...Object.fromEntries(still), [request.id]: wait }, 'seen');
    await refresh();
    void engine.sync();
  };

  const look = () => {
    const { state } = store;
    const { screen, id } = state.route;
    // What lies behind a lock was not seen.
    const at = screen === 'request' && state.phase === 'ready' && gateOf(state) === null ? id : null;
    const item = at ? viewOf(state.held).requests.get(at) : undefined;
    // It may still be on its way, as after a tap on a notification.
    if (at && (at === opened || !item)) return;
    opened = at ?? '';
    if (item?.state !== 'waiting' || isOwnReturn(item, state.held.me?.agent.name)) return;
    // One after the other; a full device keeps its room for what people do.
    told = told.then(() => report(item)).catch((error) => console.warn('a look is not told', error));
  };
  store.subscribe(look);
  look();
  return () => told;
}

/**
 * Which of its waits it is.
 * @param {import('./types').RequestDoc} request
 */
function waitOf({ history }) {
  return history.filter(({ name }) => ANEW.has(name)).length + 1;
}

/**
 * Whether it waits because this very agent has given it back: they do not come to look.
 * @param {import('./types').RequestDoc} request
 * @param {string} [name]
 */
function isOwnReturn({ history }, name) {
  const last = history.filter((event) => ANEW.has(event.name)).at(-1);
  return last?.name === 'request_released' && last.by === name;
}
