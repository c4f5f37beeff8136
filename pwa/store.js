// The one store: what is held, what the network does, what is on screen. Screens are functions of its state.

import { fold } from './sync/fold.js';

/**
 * @typedef {object} State
 * @property {'starting' | 'broken' | 'signed-out' | 'ready'} phase
 * @property {import('./types').Held} held
 * @property {import('./types').Network} network
 * @property {import('./types').Route} route
 * @property {import('./types').Notice[]} notices
 * @property {string} announcement the last thing said to screen readers
 * @property {boolean} complete false for the first picture, which only holds what fits on a screen
 * @property {boolean} update a newer version waits
 * @property {boolean} locked the PIN is asked for, and nothing of what is held is drawn
 * @property {'safe' | 'at_risk' | 'full'} storage `at_risk`: actions wait and the system may clear this site's data when
 *   it needs room; `full`: there is no room for an action (`unsafe` in the outbox) or for documents
 * @property {'fr' | 'en'} language
 * @property {'auto' | 'light' | 'dark'} theme
 * @property {import('./ui/forms.js').Forms} forms
 * @property {number} now milliseconds; ages are counted from it
 */

/** @template S */
export class Store {
  /** @type {Set<() => void>} */ #listeners = new Set();

  /** @param {S} state */
  constructor(state) {
    this.state = state;
  }

  /** @param {Partial<S>} changes */
  set(changes) {
    this.state = { ...this.state, ...changes };
    for (const listener of this.#listeners) listener();
  }

  /** @param {() => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }
}

/** @type {{held: import('./types').Held, view: import('./types').View} | null} */
let last = null;

/**
 * The folded state, computed once for each reading of what is held.
 * @param {import('./types').Held} held
 * @returns {import('./types').View}
 */
export function viewOf(held) {
  if (last?.held !== held) {
    const nobody = { id: 0, name: '', roles: [] };
    last = { held, view: fold(held.outbox, held.docs, held.me?.agent ?? nobody) };
  }
  return last.view;
}
