// Ask the server why citizens find no slot: only it holds everything that decides.

import { viewOf } from '../../store.js';
import { call, Offline, Problem } from '../../sync/api.js';
import { field, focusOn } from '../../ui/dom.js';

/** As the server has it. */
const MOST_DAYS = 31;
const DAY = 24 * 3_600_000;

/**
 * @typedef {{rule: string, count: number, first: string, last: string, because: string | null, closed_name: string | null}} Removal `because` refines
 *   the rule: why it is closed, or which further thing nobody has free
 * @typedef {{day: string, offered: string[], removed: Removal[]}} Explained
 *
 * @typedef {object} Asked
 * @property {'idle' | 'searching' | 'offline' | 'error' | 'none' | 'found'} status `none`: nobody is received for this reason
 * @property {string} reason its code
 * @property {Explained[]} days
 * @property {import('../../ui/translate.js').Key | null} error what is wrong with the days
 *
 * @typedef {ReturnType<typeof createWhyActions>} WhyActions
 */

/** @type {Asked} */
const NOTHING = { status: 'idle', reason: '', days: [], error: null };

/**
 * @param {object} parts
 * @param {import('../../store.js').Store<import('../../store.js').State>} parts.store
 */
export function createWhyActions({ store }) {
  let asked = NOTHING;
  /** @type {unknown} */
  let on = null;
  /** @type {AbortController | undefined} */
  let search;
  /** @param {Partial<Asked>} changes */
  const set = (changes) => {
    asked = { ...asked, ...changes };
    store.set({});
  };

  return {
    /** @param {unknown} route an answer is not kept for the next visit, when it may be another */
    asked(route) {
      if (on !== route) asked = NOTHING;
      on = route;
      return asked;
    },

    /** @param {SubmitEvent} event */
    async ask(event) {
      event.preventDefault();
      const [reason, from, to] = [field(event, 'reason'), field(event, 'why_from'), field(event, 'why_to')];
      const days = (Date.parse(to) - Date.parse(from)) / DAY + 1;
      const error = !from || !to ? 'field_day_missing' : days < 1 ? 'why_order' : days > MOST_DAYS ? 'why_too_long' : null;
      if (error) {
        set({ error });
        return focusOn(!from ? '#why_from' : '#why_to');
      }
      search?.abort();
      const own = (search = new AbortController());
      set({ status: 'searching', reason, error: null, days: [] });
      const unit = viewOf(store.state.held).unit?.id;
      try {
        const answer = await call('GET', `/api/units/${unit}/slots/explanation?reason=${encodeURIComponent(reason)}&from=${from}&to=${to}`, { signal: own.signal });
        if (search !== own) return undefined;
        set({ status: 'found', days: answer.days });
        return focusOn('#why-answer');
      } catch (problem) {
        const none = problem instanceof Problem && problem.detail.fields?.reason_code;
        if (search === own) set({ status: problem instanceof Offline ? 'offline' : none ? 'none' : 'error' });
        return undefined;
      }
    },
  };
}
