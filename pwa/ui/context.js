import { viewOf } from '../store.js';
import { formatter } from './format.js';
import { translator } from './translate.js';

/**
 * @typedef {object} Parts
 * @property {import('./lazy.js').Lazy<import('../life/main.js').Life>} life who this is
 * @property {import('./lazy.js').Lazy<import('../later.js').Later>} later one request, people's time, what was refused
 *
 * What every screen is a function of.
 * @typedef {object} Context
 * @property {import('../store.js').State} state
 * @property {import('../types').View} view
 * @property {import('../types').Me | null} me
 * @property {import('./translate.js').Translate} t
 * @property {import('./format.js').Format} format
 * @property {import('../actions.js').Actions} actions
 * @property {Parts} parts the screens that are loaded after the list
 */

/**
 * @param {import('../store.js').State} state
 * @param {import('../actions.js').Actions} actions
 * @param {Parts} parts
 * @returns {Context}
 */
export function contextOf(state, actions, parts) {
  const view = viewOf(state.held);
  return {
    state,
    view,
    me: state.held.me,
    t: translator(state.language),
    format: formatter(state.language, view.unit?.time_zone ?? 'Europe/Paris', state.now),
    actions,
    parts,
  };
}
