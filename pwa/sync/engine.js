// Keeps this terminal and the server in step: flush, pull, wait, again.
//
//   signed out ──signIn──▶ running ──(poke, tap, wake, timer)──▶ flush + pull ──▶ running
//        ▲                                                          │
//        └───────────────────────── 401 ────────────────────────────┘ (documents wiped, outbox kept)

import { call, Offline, Problem } from './api.js';
import { backoff } from './backoff.js';
import { flush } from './flush.js';
import { Keeper } from './keep.js';
import { connectLive } from './live.js';
import { adopt, wipeDocs, wipeStaleDocs } from './ownership.js';
import { pull } from './pull.js';
import { singleFlight } from './single-flight.js';

const CHECK_MS = 30_000;
/** Answers after which this terminal may not hold its documents any longer. */
const ENDS = new Set(['not_signed_in', 'not_in_a_unit', 'not_your_outbox']);

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').Me} Me
 * @typedef {import('../types').Network} Network
 *
 * @typedef {object} Hooks
 * @property {() => Promise<void> | void} changed what is held has changed
 * @property {(network: Network) => void} network
 * @property {() => void} signedOut the server does not know this terminal's sign-in any more
 * @property {(owner: Me) => void} foreign another agent's actions wait here
 * @property {(full: boolean) => void} full the device has no room for documents any more, or has some again
 * @property {() => void} stuck actions wait for a network: the system may send them when this page is gone
 * @property {() => Date} now
 */

export class Engine {
  /** @type {Database} */ #db;
  /** @type {Hooks} */ #hooks;
  /** @type {Me | null} */ #me = null;
  /** @type {Network} */ #network = { state: 'connecting', since: null, live: false };
  /** @type {import('./live.js').Live | null} */ #live = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #failures = 0;
  /** Before this instant, on the clock that nobody sets, the server does not want to hear from us. */
  #notBefore = 0;
  /** @type {Keeper} what could not be stored yet, among others */ keeper;

  /**
   * @param {Database} db
   * @param {Hooks} hooks
   */
  constructor(db, hooks) {
    this.#db = db;
    this.#hooks = hooks;
    this.keeper = new Keeper(db);
  }

  /**
   * Begin with what was held last time; the server's view of who this is follows when it can be reached.
   * @param {Me | null} me
   * @param {string | null} contactAt when the server last answered: a start without network is offline since then
   */
  async start(me, contactAt) {
    this.#network = { ...this.#network, since: contactAt };
    await wipeStaleDocs(this.#db, this.#hooks.now());
    this.#me = me;
    try {
      await this.#recognise();
      await this.#hooks.changed();
    } catch (error) {
      if (me) return this.#failed(error);
      this.#hooks.signedOut();
      return undefined;
    }
    return this.sync();
  }

  /**
   * @param {string} login
   * @param {string} password
   * @returns {Promise<boolean>} false when another agent's actions still wait here
   * @throws {Offline | Problem}
   */
  async signIn(login, password) {
    const me = /** @type {Me} */ (await call('POST', '/api/sign-in', { body: { login, password } }));
    const owner = await adopt(this.#db, me);
    if (owner) {
      await call('POST', '/api/sign-out', { csrf: me.csrf }).catch(() => undefined);
      this.#hooks.foreign(owner);
      return false;
    }
    this.#me = me;
    await this.#hooks.changed();
    void this.sync();
    return true;
  }

  /** Leave. What is held here is the caller's to purge; an unreachable server forgets the sign-in by itself. */
  async signOut() {
    const csrf = this.#me?.csrf;
    this.#me = null;
    clearTimeout(this.#timer);
    this.#live?.close();
    this.#live = null;
    await call('POST', '/api/sign-out', { csrf }).catch(() => undefined);
  }

  /**
   * Do something: when this resolves it is durable and on its way, or shown as not safe yet.
   * @param {Pick<import('../types').OutboxEntry, 'op' | 'args' | 'hint'>} mutation
   * @param {() => void} [kept] called once it is, before the screens show it
   */
  async act(mutation, kept) {
    await this.keeper.keep({ ...mutation, at: this.#hooks.now().toISOString() });
    kept?.();
    await this.#hooks.changed();
    if (this.#network.state !== 'up') this.#hooks.stuck();
    void this.sync();
  }

  /** Flush and pull now, whatever the timer thinks. Never rejects: failures show in `network` and are tried again. */
  sync = singleFlight(() => this.#sync());

  /** The network went, as the system says: no need to wait for a request to fail. */
  lost() {
    this.#report('offline');
  }

  async #sync() {
    if (!this.#me) return;
    const early = this.#notBefore - performance.now();
    if (early > 0) return this.#wait(early);
    clearTimeout(this.#timer);
    try {
      if (this.keeper.unsafe.length) {
        await this.keeper.retry();
        await this.#hooks.changed();
      }
      await this.#withProof(() => flush(this.#db, (body) => call('POST', '/api/sync/push', { body, csrf: this.#me?.csrf })));
      const roomy = await pull(this.#db, (client, cursor) => call('GET', `/api/sync/pull?client=${client}&cursor=${cursor}`), this.#hooks.now);
      this.#failures = 0;
      this.#report('up');
      this.#hooks.full(!roomy);
      await this.#hooks.changed();
      this.#listen();
      this.#wait(CHECK_MS);
    } catch (error) {
      await this.#failed(error);
    }
  }

  /**
   * Run `work`; when the server misses the proof that a write comes from here (another tab has signed in again), fetch
   * it anew, once.
   * @param {() => Promise<void>} work
   */
  async #withProof(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'csrf') throw error;
      await this.#recognise();
      await work();
    }
  }

  /** Ask who this is: name, unit, roles and the proof for writes may have changed. */
  async #recognise() {
    const me = /** @type {Me} */ (await call('GET', '/api/me'));
    const owner = await adopt(this.#db, me);
    if (owner) {
      this.#hooks.foreign(owner);
      throw new Problem(403, 'not_your_outbox', {});
    }
    this.#me = me;
  }

  /** @param {unknown} error */
  async #failed(error) {
    if (error instanceof Problem && ENDS.has(error.code)) {
      // What a terminal may see shrinks at once when its rights do; what it has to say waits for its owner.
      this.#live?.close();
      this.#live = null;
      this.#me = error.code === 'not_in_a_unit' ? this.#me : null;
      this.keeper.madeRoom = false;
      await wipeDocs(this.#db);
      await this.#hooks.changed();
      if (error.code === 'not_signed_in') this.#hooks.signedOut();
      return;
    }
    this.#failures += 1;
    this.#report(error instanceof Offline ? 'offline' : 'error');
    if (!(error instanceof Offline || error instanceof Problem)) console.error(error);
    this.#hooks.stuck();
    const asked = error instanceof Problem ? Number(error.detail.retry_after) * 1000 || 0 : 0;
    if (asked) this.#notBefore = performance.now() + asked;
    this.#wait(Math.max(asked, backoff(this.#failures, Math.random())));
  }

  #listen() {
    if (this.#live) {
      this.#live.retry();
      return;
    }
    /** @type {import('./live.js').Live} */
    const waiting = { retry: () => undefined, close: () => undefined };
    this.#live = waiting;
    connectLive({
      poke: (version) => void this.#poked(version),
      up: () => { this.#hear(true); void this.sync(); },
      down: () => { if (this.#network.live) { this.#hear(false); void this.sync(); } },
    }).then(
      (live) => { if (this.#live === waiting) this.#live = live; else live.close(); },
      // Not downloaded yet, and the network has gone: the next successful pull tries again.
      () => { if (this.#live === waiting) this.#live = null; },
    );
  }

  /** @param {number | null} version */
  async #poked(version) {
    const cursor = String((await this.#db.get('meta', 'cursor')) ?? '');
    if (version === null || !cursor || version > Number(cursor.split('.').at(-1))) await this.sync();
  }

  /** @param {boolean} live */
  #hear(live) {
    this.#network = { ...this.#network, live };
    this.#hooks.network(this.#network);
  }

  /** @param {Network['state']} state */
  #report(state) {
    const since = state === 'up' ? null : (this.#network.since ?? this.#hooks.now().toISOString());
    this.#network = { ...this.#network, state, since };
    this.#hooks.network(this.#network);
  }

  /** @param {number} ms */
  #wait(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), ms);
  }

  /** While the socket is up it says when to look; otherwise look. */
  async #check() {
    if (this.#network.live && this.#network.state === 'up') this.#wait(CHECK_MS);
    else await this.sync();
  }
}
