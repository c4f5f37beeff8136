// Reads what climbs and what is late. Only the server knows it all, so that nothing of it is kept on the device.

import { connectLive } from '../../sync/live.js';
import { Offline, Problem } from '../../sync/api.js';
import { focusOn } from '../../ui/dom.js';

/** What the calls have become nobody pokes about: as long as somebody looks, it is read again. */
const OLD_MS = 60_000;

/**
 * @typedef {object} LateCall
 * @property {0 | 1 | 2 | 3 | 4} step
 * @property {'terminals' | 'agent' | 'mailbox' | 'supervisors'} who
 * @property {string | null} name
 * @property {'socket' | 'web_push' | 'sms' | 'email'} channel
 * @property {boolean} quiet
 * @property {'queued' | 'sent' | 'failed' | 'delivered' | 'seen'} state
 * @property {string | null} cause
 * @property {string} queued_at
 * @property {string | null} retry_at
 * @property {string | null} sent_at
 * @property {string | null} delivered_at
 * @property {string | null} seen_at
 *
 * @typedef {object} LateWait
 * @property {string} id
 * @property {{id: number, name: string, time_zone: string}} unit
 * @property {'request' | 'approval'} subject
 * @property {string | null} subject_id
 * @property {string} reference
 * @property {string | null} reason its code
 * @property {string} begun_at
 * @property {0 | 1 | 2 | 3 | 4} step
 * @property {0 | 1 | 2 | 3 | 4 | null} next_step
 * @property {string | null} next_at
 * @property {string | null} ended_at
 * @property {'taken' | 'transferred' | 'withdrawn' | 'expired' | 'otherwise' | null} how
 * @property {string | null} taken_by
 * @property {LateCall[]} calls
 * @property {{name: string, at: string}[]} seen_by
 *
 * @typedef {object} LateAnswer
 * @property {string} at
 * @property {boolean} everywhere
 * @property {number} total
 * @property {number} late
 * @property {LateWait[]} waiting
 * @property {string | null} cursor
 * @property {LateWait[]} ended
 * @property {{code: 'ceiling_near' | 'ceiling_reached' | 'texts_wait', measure: 'segments' | 'euros' | null, hours: number | null, count: number}[]} alerts
 *
 * @typedef {object} Read
 * @property {LateAnswer | null} answer the last one
 * @property {boolean} loading
 * @property {'offline' | 'error' | 'not_yours' | null} failed why the last attempt brought none
 *
 * @typedef {ReturnType<typeof createLateActions>} LateActions
 */

/** @type {Read} */
const NOTHING = { answer: null, loading: false, failed: null };

/**
 * Whether somebody supervises and serves in no unit: then this is their main screen.
 * @param {import('../../types').Me | null} me
 */
export const supervises = (me) => me?.unit_id === null && me.agent.roles.includes('supervisor');

/**
 * Whether somebody has waits to answer for: a chief the unit's, a supervisor, in a unit or not, all of them.
 * @param {import('../../types').Me | null} me
 */
export const answersFor = (me) => Boolean(me?.agent.roles.some((role) => role === 'chief' || role === 'supervisor'));

/**
 * @param {object} parts
 * @param {import('../../store.js').Store<import('../../store.js').State>} parts.store
 * @param {import('../../sync/engine.js').Engine} parts.engine
 */
export function createLateActions({ store, engine }) {
  let read = NOTHING;
  let pages = 1;
  let again = false;
  let triedAt = -Infinity;
  let cursor = '';
  /** @type {number | undefined} */
  let owner;
  /** @type {Promise<import('../../sync/live.js').Live> | null} */
  let live = null;
  let isUp = false;

  /** @param {Partial<Read>} changes */
  const set = (changes) => {
    read = { ...read, ...changes };
    store.set({});
  };
  /** Say whether the socket is up, which is ours and not the engine's where there is no unit. */
  const tell = () => {
    const { held, network } = store.state;
    if (supervises(held.me) && network.live !== isUp) store.set({ network: { ...network, live: isUp } });
  };

  /** @returns {Promise<LateAnswer>} as many pages as are open */
  const readPages = async () => {
    /** @type {LateAnswer} */
    const first = await engine.ask('GET', '/api/late');
    const waiting = [...first.waiting];
    let next = first.cursor;
    for (let page = 1; page < pages && next !== null; page += 1) {
      /** @type {LateAnswer} */
      const more = await engine.ask('GET', `/api/late?cursor=${encodeURIComponent(next)}`);
      waiting.push(...more.waiting);
      next = more.cursor;
    }
    return { ...first, waiting, cursor: next };
  };

  const load = async () => {
    again = read.loading;
    if (again) return;
    triedAt = performance.now();
    const asked = owner;
    set({ loading: true });
    try {
      const answer = await readPages();
      // Whoever is signed in meanwhile asks for themselves.
      if (asked !== owner) return;
      set({ answer, failed: null });
      if (store.state.network.state !== 'up') void engine.sync();
    } catch (error) {
      if (!(error instanceof Offline || error instanceof Problem)) console.error(error);
      if (asked !== owner) return;
      // What has become of the network or of the sign-in is the engine's to find out, and to act upon.
      if (error instanceof Offline || (error instanceof Problem && error.status === 401)) void engine.sync();
      const notYours = error instanceof Problem && error.code === 'answers_for_nobody';
      set({ failed: error instanceof Offline ? 'offline' : notYours ? 'not_yours' : 'error', ...(notYours ? { answer: null } : {}) });
    } finally {
      if (asked === owner) {
        set({ loading: false });
        if (again) void load();
      }
    }
  };

  /** @param {boolean} wanted */
  const listen = (wanted) => {
    if (wanted === Boolean(live)) return;
    const before = live;
    /** @param {boolean} now */
    const hear = (now) => { isUp = now; tell(); };
    isUp = false;
    live = wanted ? connectLive({ poke: () => void load(), up: () => hear(true), down: () => hear(false) }) : null;
    if (before) void before.then((socket) => socket.close(), () => undefined);
    // What it needs is not downloaded yet, and the network has gone.
    else live?.catch(() => { live = null; });
  };

  const look = () => {
    const { phase, locked, held, route } = store.state;
    const agent = phase === 'ready' ? held.me?.agent : undefined;
    if (agent?.id !== owner) [owner, read, pages, triedAt] = [agent?.id, NOTHING, 1, -Infinity];
    const alone = Boolean(agent) && supervises(held.me);
    listen(alone);
    tell();
    const here = agent && !locked && !document.hidden && (alone ? route.screen !== 'settings' : route.screen === 'desk' && answersFor(held.me));
    // What was pulled may be what had been late.
    const pulled = held.cursor !== cursor;
    cursor = held.cursor;
    if (here && (pulled || performance.now() - triedAt > OLD_MS)) void load();
  };
  store.subscribe(look);
  addEventListener('online', () => { triedAt = -Infinity; look(); });
  look();

  return {
    read: () => read,
    refresh: () => void load(),
    async more() {
      const known = read.answer?.waiting.length ?? 0;
      pages += 1;
      await load();
      focusOn(`.late-waiting > li:nth-child(${known + 1}) summary`);
    },
  };
}
