// What is done in the week: where one looks and stands, what is opened, what is approved on the spot.

import { address } from '../../router.js';
import { focusOn } from '../../ui/dom.js';
import { translator } from '../../ui/translate.js';
import { addDays } from '../../ui/zone.js';
import { chosen, moved, WHOLE_DAY, within } from '../../week/cursor.js';
import { dropOf, openOnHolidays } from '../../week/closing.js';
import { dayOf, under } from '../../week/lanes.js';
import { ROW_MINUTES } from '../../week/days.js';
import { usualFrom, writeOpeningAt } from '../../week/opening-at.js';
import { shareOf } from '../../week/people.js';
import { createDrag } from './drag.js';
import { createMoving } from './moving.js';

/**
 * What is open over the week.
 * @typedef {object} Panel
 * @property {string} day
 * @property {number} row as the cursor has it
 * @property {string | null} only one thing of what is there, which was pointed at
 * @property {{id: string, day: string, from: string, to: string, drop: boolean} | null} moving the occurrence that gets other hours
 *
 * @typedef {ReturnType<typeof createWeekActions>} WeekActions
 * @typedef {import('./frame.js').WeekFrame} WeekFrame
 */

/** Where somebody begins who has not been here. */
const MORNING = 9 * 60;
/** A terminal holds the coming fortnight, and a week of what is over. */
const KNOWN = { before: 7, after: 14 };

/**
 * @param {object} parts
 * @param {import('../../store.js').Store<import('../../store.js').State>} parts.store
 * @param {import('../../sync/engine.js').Engine} parts.engine
 */
export function createWeekActions({ store, engine }) {
  /** @type {{by: 'counter' | 'agent', cursor: import('../../week/cursor.js').Cursor | null, panel: Panel | null, route: unknown}} */
  let at = { by: 'counter', cursor: null, panel: null, route: null };
  /** @type {WeekFrame | null} the picture that a key or a finger answers to */
  let shown = null;
  /** @param {Partial<typeof at>} changes */
  const set = (changes) => {
    at = { ...at, ...changes };
    store.set({});
  };
  /** @param {import('../../ui/translate.js').Key} key */
  const announce = (key) => store.set({ announcement: translator(store.state.language)(key) });
  const frame = () => /** @type {WeekFrame} */ (shown);
  const toCell = () => focusOn('[data-cursor]');

  /** Where one stands now: the next key may come before the picture of the last one. */
  const cursor = () => within(at.cursor ?? frame().cursor, frame().bounds, at.by === 'counter');

  /** What the cursor stands on. */
  const here = () => {
    const { by, people, view, zone } = frame();
    const { day, row } = cursor();
    if (by === 'agent') return shareOf(view, day, zone, people[row].id);
    return under(dayOf(view, day, zone), ...(row === WHOLE_DAY ? /** @type {const} */ ([0, 1440]) : /** @type {const} */ ([row, row + ROW_MINUTES])));
  };

  const open = () => {
    const { day, row } = cursor();
    set({ panel: { day, row, only: null, moving: null } });
  };

  const openNew = () => {
    const { day, row, from } = cursor();
    const hours = from === null ? usualFrom(row) : chosen(cursor());
    stand(day, row);
    location.hash = address('opening', at.by === 'agent' || row === WHOLE_DAY ? day : writeOpeningAt(day, hours));
  };

  /** @param {{id: string}[]} openings @param {{id: string}[]} appointments */
  const approve = async (openings, appointments) => {
    for (const { id } of openings) await engine.act({ op: 'opening.approve', args: { opening_id: id } });
    for (const { id } of appointments) await engine.act({ op: 'appointment.approve', args: { appointment_id: id } });
    announce(openings.length ? 'opening_decided_approved' : 'week_approved_appointment');
  };

  const approveHere = async () => {
    if (!frame().chief) return announce('why_chief_only');
    const { appointments, proposals } = here();
    const proposed = proposals.filter(({ state }) => state === 'proposed');
    const requested = appointments.filter(({ state }) => state === 'requested');
    if (proposed.length + requested.length === 0) return announce('week_nothing_to_approve');
    if (proposed.length + requested.length > 1) return open();
    await approve(proposed, requested);
    return toCell();
  };

  /** @param {string} day @param {number} row */
  const stand = (day, row) => {
    at = { ...at, cursor: { day, row, from: null } };
  };

  /** @param {string} day @param {number} row @param {string | null} only */
  const point = (day, row, only) => {
    stand(day, row);
    set({ panel: { day, row, only, moving: null } });
  };

  /**
   * The unit's own word about a day; its occurrences follow when the server has heard of it.
   * @param {{day: string, name?: string, ordinary?: boolean}} args
   */
  const setHoliday = async (args) => {
    await engine.act({ op: 'holiday.set', args });
    announce(args.ordinary ? 'week_holiday_opened' : 'week_holiday_closed');
    focusOn('#week-panel-title');
  };

  const shut = () => {
    set({ panel: null });
    toCell();
  };

  return {
    /** @param {WeekFrame} picture */
    see(picture) {
      shown = picture;
    },

    /**
     * Where one is, which outlives a look at something else; what is open does not.
     * @param {unknown} route
     * @param {string} today
     */
    at(route, today) {
      if (at.route !== route) at = { ...at, route, panel: null };
      const cursor = at.cursor ?? { day: today, row: MORNING, from: null };
      return { by: at.by, cursor, panel: at.panel };
    },

    /** @param {string} today */
    known: (today) => ({ first: addDays(today, -KNOWN.before), last: addDays(today, KNOWN.after) }),

    /** @param {number} days */
    turn: (days) => set({ cursor: { ...cursor(), day: addDays(cursor().day, days), from: null } }),

    /** @param {string} day */
    goTo: (day) => set({ cursor: { ...cursor(), day, from: null } }),

    /** @param {'counter' | 'agent'} by */
    showBy: (by) => set({ by, cursor: { ...cursor(), row: by === 'counter' ? MORNING : 0, from: null } }),

    /** @param {KeyboardEvent} event */
    key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const from = cursor();
      const to = moved(from, { key: event.key, shift: event.shiftKey }, frame().bounds, at.by === 'counter');
      if (to) set({ cursor: to });
      else if (event.key === 'Enter' || event.key === ' ') open();
      else if (event.key.toLowerCase() === 'n') openNew();
      else if (event.key.toLowerCase() === 'a') void approveHere();
      else if (event.key === 'Escape' && from.from !== null) set({ cursor: { ...from, from: null } });
      else if (event.key === 'Escape') focusOn('#page-title');
      else return;
      event.preventDefault();
      if (to) toCell();
    },

    point,
    openNew,
    shut,

    setHoliday,

    /** @param {SubmitEvent} event @param {string} day */
    async closeDay(event, day) {
      event.preventDefault();
      const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
      const name = String(form.get('holiday') ?? '').trim() || translator(store.state.language)('week_holiday_usual');
      const { view, zone } = frame();
      // Before the day is a holiday, so that what opens on holidays only never opens in between.
      for (const one of openOnHolidays(view, day, zone, Date.now())) await engine.act({ op: 'occurrence.change', args: dropOf(view, one, name) });
      await setHoliday({ day, name });
    },

    /** @param {string} id */
    async approveAppointment(id) {
      await approve([], [{ id }]);
      focusOn('#week-panel-title');
    },

    ...createMoving({ store, engine, announce, set, panel: () => at.panel, shut }),

    press: createDrag({
      frame,
      point,
      make(day, hours) {
        stand(day, Math.floor(hours.from / ROW_MINUTES) * ROW_MINUTES);
        location.hash = address('opening', writeOpeningAt(day, hours));
      },
      move(id, day, from, to) {
        const { row } = cursor();
        stand(day, row);
        set({ panel: { day, row, only: id, moving: { id, day, from, to, drop: false } } });
      },
    }),
  };
}
