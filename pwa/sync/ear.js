import { connectLive } from './live.js';

/** A poke for everybody is answered within so long, so that thousands of terminals do not ask in the same second. */
const SPREAD_MS = 5000;

/**
 * Listens to the socket, and says when to look.
 *
 * @typedef {object} Said
 * @property {() => Promise<number>} version the last one that was pulled; 0 or NaN: nothing yet
 * @property {() => void} look there may be something new
 * @property {(live: boolean) => void} live the socket is up, or no longer; there may be something new in either case
 */
export class Ear {
  /** @type {Said} */ #said;
  /** @type {import('./live.js').Live | null} */ #live = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #spread;
  #up = false;

  /** @param {Said} said */
  constructor(said) {
    this.#said = said;
  }

  /** Connect, or connect again now if the socket is down. */
  listen() {
    if (this.#live) {
      this.#live.retry();
      return;
    }
    /** @type {import('./live.js').Live} */
    const waiting = { retry: () => undefined, close: () => undefined };
    this.#live = waiting;
    connectLive({
      poke: (version) => void this.poked(version),
      up: () => { this.#up = true; this.#said.live(true); },
      down: () => {
        if (!this.#up) return;
        this.#up = false;
        this.#said.live(false);
      },
    }).then(
      (live) => { if (this.#live === waiting) this.#live = live; else live.close(); },
      // Not downloaded yet, and the network has gone: the next successful pull tries again.
      () => { if (this.#live === waiting) this.#live = null; },
    );
  }

  close() {
    clearTimeout(this.#spread);
    this.#spread = undefined;
    this.#up = false;
    this.#live?.close();
    this.#live = null;
  }

  /** @param {number | null} version null: everybody is told to look */
  async poked(version) {
    if (version === null) {
      this.#spread ??= setTimeout(() => { this.#spread = undefined; this.#said.look(); }, Math.random() * SPREAD_MS);
      return;
    }
    const known = await this.#said.version();
    if (!(version <= known)) this.#said.look();
  }
}
