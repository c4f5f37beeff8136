// Other hours for one date of an opening, or none, and what becomes of the appointments that were in them.

import { viewOf } from '../../store.js';
import { field, focusOn } from '../../ui/dom.js';
import { instantOf } from '../../ui/zone.js';
import { outside } from '../../week/concerned.js';
import { zoneOf } from '../service/read-forms.js';

/**
 * @param {object} parts
 * @param {import('../../store.js').Store<import('../../store.js').State>} parts.store
 * @param {import('../../sync/engine.js').Engine} parts.engine
 * @param {(key: import('../../ui/translate.js').Key) => void} parts.announce
 * @param {(changes: {panel: import('./actions.js').Panel | null}) => void} parts.set
 * @param {() => import('./actions.js').Panel | null} parts.panel
 * @param {() => void} parts.shut
 */
export function createMoving({ store, engine, announce, set, panel, shut }) {
  /** @param {NonNullable<import('../service/actions.js').ServiceForms['errors']>} errors */
  const failed = (errors) => {
    store.set({ forms: { ...store.state.forms, service: { ...store.state.forms.service, errors } } });
    focusOn(`.week-panel [name="${Object.keys(errors)[0]}"]`);
  };
  /**
   * @param {import('../../types').OccurrenceDoc} occurrence
   * @param {{starts_at: string, ends_at: string} | null} hours null: that date is dropped
   * @param {SubmitEvent} event
   */
  const change = async (occurrence, hours, event) => {
    const concerned = outside(viewOf(store.state.held).appointments.values(), occurrence, hours);
    const appointments = Object.fromEntries(concerned.map(({ id }) => [id, /** @type {import('../../types').Handling} */ (field(event, `becomes-${id}`) || 'reoffer')]));
    const word = field(event, 'word');
    if (!word && Object.values(appointments).includes('cancel')) return failed({ word: { key: 'field_word_missing' } });
    const { opening_id, day } = occurrence;
    await engine.act({ op: 'occurrence.change', args: { opening_id, day, ...hours, word, appointments } });
    announce(hours ? 'week_moved' : 'week_dropped');
    return shut();
  };

  return {
    /**
     * Ask for other hours, beginning with those that it has or was dragged to.
     * @param {import('./actions.js').Panel['moving']} moving
     */
    askMove(moving) {
      const open = panel();
      if (open) set({ panel: { ...open, moving } });
      focusOn('.week-panel [name=day]');
    },

    /** What is typed so far, so that one sees whom it concerns. @param {Event} event */
    retime(event) {
      const open = panel();
      const form = /** @type {HTMLInputElement} */ (event.target).form;
      if (!open?.moving || !form) return;
      const value = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? '');
      set({ panel: { ...open, moving: { ...open.moving, day: value('day'), from: value('from'), to: value('to'), drop: value('what') === 'drop' } } });
    },

    /**
     * @param {SubmitEvent} event
     * @param {import('../../types').OccurrenceDoc} occurrence
     */
    async move(event, occurrence) {
      event.preventDefault();
      const { held, now } = store.state;
      if (field(event, 'what') === 'drop') return change(occurrence, null, event);
      const [day, from, to] = [field(event, 'day'), field(event, 'from'), field(event, 'to')];
      if (!day) return failed({ day: { key: 'field_day_missing' } });
      if (!from || !to) return failed({ [from ? 'to' : 'from']: { key: 'field_time_missing' } });
      const zone = zoneOf(viewOf(held));
      const hours = { starts_at: instantOf(day, from, zone), ends_at: instantOf(day, to, zone) };
      const [start, end] = [Date.parse(hours.starts_at), Date.parse(hours.ends_at)];
      if (end <= start) return failed({ to: { key: 'field_before_start' } });
      if (end <= now) return failed({ day: { key: 'field_over' } });
      if (start === Date.parse(occurrence.starts_at) && end === Date.parse(occurrence.ends_at)) return failed({ day: { key: 'week_move_same' } });
      return change(occurrence, hours, event);
    },
  };
}
