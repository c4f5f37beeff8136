import { enqueue } from './outbox.js';
import { wipeDocs } from './ownership.js';
import { singleFlight } from './single-flight.js';

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('./outbox.js').Action} Action
 * @typedef {import('../types').Held} Held
 */

/**
 * Puts what a person did into the outbox. What does not fit is held in memory, in order, and tried again: it is shown as
 * not safe yet and never dropped.
 */
export class Keeper {
  /** @type {Action[]} what only this page knows, oldest first */
  unsafe = [];
  /** True once the documents have made room for an action; they come again with a pull. */
  madeRoom = false;
  /** @type {Database} */ #db;

  /** @param {Database} db */
  constructor(db) {
    this.#db = db;
  }

  /**
   * @param {Action} action
   * @returns {Promise<void>} resolves when it is durable, or held in `unsafe` because it cannot be
   */
  async keep(action) {
    this.unsafe = [...this.unsafe, action];
    await this.retry();
  }

  /** Try again what is not safe yet. Never rejects. */
  retry = singleFlight(async () => {
    while (this.unsafe.length) {
      try {
        await this.#store(this.unsafe[0]);
      } catch (error) {
        console.error('an action is not safe yet', error);
        return;
      }
      this.unsafe = this.unsafe.slice(1);
    }
  });

  /**
   * What the screens show: what is held with what is not safe yet, on the documents that were on screen before they had
   * to make room.
   * @param {Held} held
   * @param {Held} before
   * @returns {Held}
   */
  shown(held, before) {
    if (held.cursor !== '') this.madeRoom = false;
    const { docs, cursor } = this.madeRoom && held.me?.agent.id === before.me?.agent.id ? before : held;
    const last = held.outbox.at(-1)?.seq ?? 0;
    const unsafe = this.unsafe.map((action, index) => ({ ...action, seq: last + index + 1, unsafe: true }));
    return { ...held, docs, cursor, outbox: [...held.outbox, ...unsafe] };
  }

  /** @param {Action} action */
  async #store(action) {
    try {
      await enqueue(this.#db, action);
    } catch (error) {
      if (!isFull(error)) throw error;
      // Documents can be fetched again, an action cannot.
      await wipeDocs(this.#db);
      this.madeRoom = true;
      await enqueue(this.#db, action);
    }
  }
}

/**
 * Whether the device has no room left.
 * @param {unknown} error
 */
export function isFull(error) {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
