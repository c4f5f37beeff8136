import { viewOf } from '../store.js';
import { formatter } from './format.js';
import { translator } from './translate.js';

/**
 * @typedef {object} Parts
 * @property {import('./later.js').Later<import('../life/main.js').Life>} life who this is
 * @property {import('./later.js').Later<typeof import('../screens/detail.js').detail>} detail one request
 *
 * What every screen is a function of.
 * @typedef {object} Context
 * @property {import('../store.js').State} state
 * @property {import('../types').View} view
 * @property {import('../types').Me | null} me
 * @property {import('./translate.js').Translate} t
 * @property {import('./format.js').Format} format
 * @property {import('../actions.js').Actions} actions
 * @property {Parts} later the screens that are loaded after the list
 */

/**
 * @param {import('../store.js').State} state
 * @param {import('../actions.js').Actions} actions
 * @param {Parts} later
 * @returns {Context}
 */
export function contextOf(state, actions, later) {
  const view = viewOf(state.held);
  return {
    state,
    view,
    me: state.held.me,
    t: translator(state.language),
    format: formatter(state.language, view.unit?.time_zone ?? 'Europe/Paris', state.now),
    actions,
    later,
  };
}
