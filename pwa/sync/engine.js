// Keeps this terminal and the server in step: flush, pull, wait, again.
//
//   signed out ──signIn──▶ running ──(poke, tap, wake, timer)──▶ flush + pull ──▶ running
//        ▲                                                          │
//        └────────── 401, PIN forgotten or guessed at ──────────────┘ (documents wiped, outbox kept)

import { call, Offline, Problem, withProof } from './api.js';
import { backoff } from './backoff.js';
import { Ear } from './ear.js';
import { flush } from './flush.js';
import { giveUp } from './give-up.js';
import { Keeper } from './keep.js';
import { adopt, isGivenUp, wipeDocs, wipeStaleDocs } from './ownership.js';
import { pull } from './pull.js';
import { singleFlight } from './single-flight.js';
import { Standing } from './standing.js';

const CHECK_MS = 30_000;
/** Answers after which this terminal may not hold its documents any longer, and whether they end the sign-in. */
const ENDS = new Map([['not_signed_in', true], ['terminal_revoked', true], ['not_in_a_unit', false], ['not_your_outbox', false]]);

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').Me} Me
 * @typedef {import('../types').Held} Held
 * @typedef {import('./hooks').EngineHooks} Hooks
 */

export class Engine {
  /** @type {Database} */ #db;
  /** @type {Hooks} */ #hooks;
  /** @type {Me | null} */ #me = null;
  /** @type {Standing} */ #standing;
  /** @type {Ear} */ #ear;
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
    this.#standing = new Standing(hooks.network, hooks.now);
    this.#ear = new Ear({
      version: async () => Number(String((await db.get('meta', 'cursor')) ?? '').split('.').at(-1)),
      look: () => void this.sync(),
      live: (live) => {
        this.#standing.hear(live);
        void this.sync();
      },
    });
  }

  /**
   * Begin with what was held last time; the server's view of who this is follows when it can be reached.
   * @param {Pick<Held, 'me' | 'contactAt' | 'ended'>} held a start without network is offline since `contactAt`
   */
  async start({ me, contactAt, ended }) {
    this.#standing.begin(contactAt);
    await this.expire();
    if (isGivenUp(ended)) {
      this.#hooks.signedOut();
      return this.#giveUp();
    }
    this.#me = ended ? null : me;
    try {
      await this.#recognise();
      await this.#hooks.changed();
    } catch (error) {
      if (this.#me) return this.#failed(error);
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
    return this.#begin(await call('POST', '/api/sign-in', { body: { login, password } }));
  }

  /**
   * Become a terminal; its agent chooses a PIN next, also on a device that had one.
   * @param {string} code
   * @param {string} name what people recognise the device by
   * @returns {Promise<boolean>} as `signIn`; the code is used up in either case
   * @throws {Offline | Problem}
   */
  async enrol(code, name) {
    const me = /** @type {Me} */ (await call('POST', '/api/terminals', { body: { code, name } }));
    if (!(await this.#begin(me))) return false;
    await this.#db.delete('meta', 'lock');
    await this.#hooks.changed();
    return true;
  }

  /** @param {Me} me */
  async #begin(me) {
    const owner = await adopt(this.#db, me, this.keeper.unsafe.length);
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

  /**
   * Leave. What is held here is the caller's to purge.
   * @returns {Promise<string | null>} the proof with which an unreachable server is still to be told (`giveUp`)
   */
  async signOut() {
    const csrf = this.#me?.csrf ?? '';
    this.#me = null;
    this.#stop();
    return call('POST', '/api/sign-out', { csrf }).then(() => null, (error) => (error instanceof Offline ? csrf : null));
  }

  /**
   * Forget the documents, and give the sign-in up as soon as the server can be reached; the outbox waits for its owner.
   * @param {'pin_tries' | 'pin_forgotten'} code
   */
  async forget(code) {
    const owed = this.#me?.csrf ?? '';
    this.#me = null;
    this.#stop();
    await wipeDocs(this.#db, { code, at: this.#hooks.now().toISOString(), owed });
    await this.#hooks.changed();
    this.#hooks.signedOut();
    return this.#giveUp();
  }

  /** Wipe the documents when the server has not been heard for seven days. */
  async expire() {
    if (!(await wipeStaleDocs(this.#db, this.#hooks.now()))) return;
    this.keeper.madeRoom = false;
    await this.#hooks.changed();
  }

  /**
   * Another tab has written: when it signed in, or ended, this one has as well.
   * @param {Pick<Held, 'me' | 'ended'>} held
   */
  follow({ me, ended }) {
    const present = Boolean(me && !ended);
    if (present === Boolean(this.#me)) return;
    this.#me = present ? me : null;
    if (present) {
      this.#hooks.signedIn();
      void this.sync();
    } else {
      this.#stop();
      this.#hooks.signedOut();
    }
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
    if (!this.#standing.up) this.#hooks.stuck();
    void this.sync();
  }

  /**
   * Ask the server, in this agent's name, what cannot wait in the outbox.
   * @param {'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>}
   * @throws {Offline | Problem}
   */
  async ask(method, path, body) {
    return withProof(this.#recognise, () => call(method, path, { body, csrf: this.#me?.csrf }));
  }

  /** Flush and pull now, whatever the timer thinks. Never rejects: failures show in `network` and are tried again. */
  sync = singleFlight(() => this.#sync());

  /** The network went, as the system says: no need to wait for a request to fail. */
  lost = () => this.#standing.lost();

  async #sync() {
    if (!this.#me) return this.#giveUp();
    const early = this.#notBefore - performance.now();
    if (early > 0) return this.#wait(early);
    clearTimeout(this.#timer);
    this.#standing.ask();
    try {
      if (this.keeper.unsafe.length) {
        await this.keeper.retry();
        await this.#hooks.changed();
      }
      // Only the server knows when somebody is put into a unit.
      if (this.#me.unit_id === null) await this.#recognise();
      await withProof(this.#recognise, () => flush(this.#db, (body) => call('POST', '/api/sync/push', { body, csrf: this.#me?.csrf })));
      if (this.#me?.unit_id === null) throw new Problem(403, 'not_in_a_unit', {});
      const roomy = await pull(this.#db, (client, cursor) => call('GET', `/api/sync/pull?client=${client}&cursor=${cursor}`), this.#hooks.now);
      this.#failures = 0;
      const up = this.#standing.answer();
      this.#hooks.full(!roomy);
      await this.#hooks.changed();
      this.#ear.listen();
      this.#wait(up ? CHECK_MS : backoff(1, Math.random()));
    } catch (error) {
      await this.#failed(error);
    }
    return undefined;
  }

  /** Ask who this is: name, unit, roles and the proof for writes may have changed. */
  #recognise = async () => {
    const before = this.#me;
    const me = /** @type {Me} */ (await call('GET', '/api/me'));
    // Whoever has signed in or out meanwhile knows better.
    if (this.#me !== before) return;
    const owner = await adopt(this.#db, me, this.keeper.unsafe.length);
    if (owner) {
      this.#hooks.foreign(owner);
      throw new Problem(403, 'not_your_outbox', {});
    }
    this.#me = me;
  };

  /** @param {unknown} error */
  async #failed(error) {
    if (error instanceof Problem && ENDS.has(error.code)) {
      // What a terminal may see shrinks at once when its rights do; what it has to say waits for its owner.
      this.#stop();
      const stays = error.code === 'not_in_a_unit' ? this.#me : null;
      this.#me = stays && { ...stays, unit_id: null };
      const code = /** @type {import('../types').Ended['code']} */ (error.code);
      const out = ENDS.get(code);
      await wipeDocs(this.#db, out ? { code, at: this.#hooks.now().toISOString(), owed: null } : null);
      await this.#hooks.changed();
      if (out) this.#hooks.signedOut();
      if (!this.#me) return;
      this.#failures = 0;
      // Whoever has lost their unit just now learns by the next look who they are.
      this.#wait(this.#standing.answer() && !stays?.unit_id ? CHECK_MS : backoff(1, Math.random()));
      return;
    }
    this.#failures += 1;
    this.#standing.report(error instanceof Offline ? 'offline' : 'error');
    if (!(error instanceof Offline || error instanceof Problem)) console.error(error);
    this.#hooks.stuck();
    const asked = error instanceof Problem ? Number(error.detail.retry_after) * 1000 || 0 : 0;
    if (asked) this.#notBefore = performance.now() + asked;
    this.#wait(Math.max(asked, backoff(this.#failures, Math.random())));
  }

  async #giveUp() {
    if (await giveUp(this.#db)) await this.#hooks.changed();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#ear.close();
    // What had made room for an action does not stay on screen after its end.
    this.keeper.madeRoom = false;
    this.#standing.end();
  }

  /** @param {number} ms after which to look, unless the socket, which says when, is up */
  #wait(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#standing.informed) this.#wait(CHECK_MS);
      else void this.sync();
    }, ms);
  }
}
