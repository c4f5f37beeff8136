// What a person can do before anything else has come. The rest is with the screens that offer it.

import { focusOn } from './ui/dom.js';

/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {object} parts
 * @param {import('./sync/engine.js').Engine} parts.engine
 * @param {() => void} parts.update let the waiting version take over
 */
export function createActions({ engine, update }) {
  return {
    /** @param {Event} event */
    skip(event) {
      event.preventDefault();
      focusOn('#contenu');
    },
    retry: () => void engine.sync(),
    update,
  };
}
