// What a person does about openings: propose, change, approve many, withdraw.

import { address } from '../../router.js';
import { isChief, personOf } from '../../sync/effects/people.js';
import { newId } from '../../sync/outbox.js';
import { viewOf } from '../../store.js';
import { field, focusOn } from '../../ui/dom.js';
import { timesOn } from '../../ui/occurrence-times.js';
import { instantOf } from '../../ui/zone.js';
import { readOpeningAt } from '../../week/opening-at.js';
import { zoneOf } from '../service/read-forms.js';
import { answersOf, concernedOf } from './concerned.js';
import { draftOf } from './draft.js';
import { readOpening } from './read-opening.js';

/**
 * @typedef {import('../../types').OpeningItem} OpeningItem
 * @typedef {import('../../types').Handling} Handling
 * @typedef {import('../../types').OpeningDoc} OpeningDoc
 * @typedef {import('../service/actions.js').ServiceForms} ServiceForms
 */

/**
 * @param {object} parts
 * @param {import('../../store.js').Store<import('../../store.js').State>} parts.store
 * @param {import('../../sync/engine.js').Engine} parts.engine
 * @param {(changes: Partial<ServiceForms>) => void} parts.form
 * @param {(key: import('../../ui/translate.js').Key, values?: Record<string, string>) => void} parts.announce
 * @param {(errors: NonNullable<ServiceForms['errors']>) => void} parts.failed
 */
export function createOpeningActions({ store, engine, form, announce, failed }) {
  const forms = () => store.state.forms.service;
  /** @param {Event} event @param {OpeningItem | null} item */
  const read = (event, item) => {
    const { held } = store.state;
    const zone = zoneOf(viewOf(held));
    const self = held.me ? personOf(held.me.agent) : { id: 0, name: null };
    const draft = draftOf(item, self, zone, Date.now(), item ? null : readOpeningAt(store.state.route.id));
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    return readOpening(fields, draft, forms(), { zone, now: Date.now(), kept: item?.recurrence ?? null });
  };
  /** @param {string} openingId @param {Parameters<typeof concernedOf>[2]} [one] */
  const concerned = (openingId, one) => concernedOf(
    /** @type {import('../service/frame.js').Frame} */ ({ state: { ...store.state, now: Date.now() }, view: viewOf(store.state.held) }), openingId, one);

  return {
    /**
     * Say at once what the fields mean; what is chosen beside them arrives in the form a moment later.
     * @param {Event} event
     * @param {OpeningItem | null} item
     */
    preview(event, item) {
      const { currentTarget } = event;
      queueMicrotask(() => {
        const { args } = read(/** @type {Event} */ (/** @type {unknown} */ ({ currentTarget })), item);
        form({ draft: args ? /** @type {OpeningDoc} */ (/** @type {unknown} */ ({ ...args, id: '', changes: [] })) : undefined });
      });
    },

    /**
     * @param {SubmitEvent} event
     * @param {OpeningItem | null} item the proposal that the chief changes
     */
    async propose(event, item) {
      event.preventDefault();
      const { errors, args } = read(event, item);
      if (!args) return failed(errors);
      const { held, route } = store.state;
      const opening_id = item?.id ?? newId();
      await engine.act({ op: item ? 'opening.amend' : 'opening.propose', args: { opening_id, ...args } });
      if (item || route.id === null) {
        announce(item ? 'opening_amended' : 'opening_said');
        return location.replace(address(item ? 'desk' : 'duty'));
      }
      // From the week: the chief who makes it has decided.
      const chief = held.me && isChief(held.me.agent);
      if (chief) await engine.act({ op: 'opening.approve', args: { opening_id } });
      announce(chief ? 'opening_made' : 'opening_said');
      return location.replace(address('week'));
    },

    /** @param {string} id */
    choose(id) {
      const chosen = forms().chosen ?? [];
      form({ chosen: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id] });
    },

    /** @param {string[]} ids */
    chooseAll(ids) {
      form({ chosen: ids });
    },

    /**
     * Each is a mutation of its own, so that one that somebody else decided meanwhile holds up no other.
     * @param {readonly string[]} ids
     */
    async approveChosen(ids) {
      form({ chosen: [] });
      for (const id of ids) await engine.act({ op: 'opening.approve', args: { opening_id: id } });
      announce('openings_approved', { n: String(ids.length) });
      focusOn('#proposals-title');
    },

    /**
     * @param {readonly string[]} ids
     * @param {Handling} how
     */
    handle(ids, how) {
      form({ handled: { ...forms().handled, ...Object.fromEntries(ids.map((id) => [id, how])) } });
    },

    /**
     * @param {SubmitEvent} event
     * @param {OpeningItem} item
     */
    async withdraw(event, item) {
      event.preventDefault();
      const appointments = answersOf(forms(), concerned(item.id));
      const word = field(event, 'word');
      if (!word && Object.values(appointments).includes('cancel')) return failed({ word: { key: 'field_word_missing' } });
      await engine.act({ op: 'opening.withdraw', args: { opening_id: item.id, word, appointments } });
      announce('opening_decided_withdrawn');
      return location.replace(address('desk'));
    },

    /**
     * @param {string} day
     * @param {'move' | 'drop'} how
     */
    startChange(day, how) {
      form({ changing: { day, how }, errors: undefined, handled: undefined });
      focusOn(`[data-day="${day}"] form :is(input, button)`);
    },

    /** @param {string} day */
    stopChange(day) {
      form({ changing: undefined, errors: undefined });
      focusOn(`[data-day="${day}"] button`);
    },

    /**
     * @param {SubmitEvent} event
     * @param {OpeningItem} item
     * @param {import('./dates.js').OneDate} one
     */
    async change(event, item, one) {
      event.preventDefault();
      const { changing } = forms();
      const span = changing?.how === 'move' ? spanOf(event, zoneOf(viewOf(store.state.held))) : null;
      if (span && 'errors' in span) return failed(span.errors);
      const items = item.state === 'approved' ? concerned(item.id, { day: one.day, span }) : [];
      const asked = new Set(changing?.asked ?? (changing?.how === 'drop' ? items.map(({ id }) => id) : []));
      if (items.some(({ id }) => !asked.has(id))) {
        // Whom the new times leave out is known only now: they are shown before anything changes.
        form({ changing: { day: one.day, how: 'move', span: span ?? undefined, asked: items.map(({ id }) => id) }, errors: undefined });
        return focusOn('#concerned-title');
      }
      const appointments = answersOf(forms(), items);
      const word = items.length ? field(event, 'word') : '';
      if (!word && Object.values(appointments).includes('cancel')) return failed({ word: { key: 'field_word_missing' } });
      form({ changing: undefined, errors: undefined });
      await engine.act({ op: 'occurrence.change', args: { opening_id: item.id, day: one.day, ...span, word, appointments } });
      announce(changing?.how === 'drop' ? 'date_dropped_said' : 'date_changed_said');
      return focusOn(`[data-day="${one.day}"] button`);
    },

    /**
     * As the recurrence has it.
     * @param {OpeningItem} item
     * @param {string} day
     */
    async restore(item, day) {
      const times = timesOn(item, day, zoneOf(viewOf(store.state.held)));
      await engine.act({ op: 'occurrence.change', args: { opening_id: item.id, day, ...times } });
      announce('date_restored_said');
      focusOn(`[data-day="${day}"] button`);
    },
  };
}

/**
 * @param {SubmitEvent} event
 * @param {string} zone
 * @returns {{starts_at: string, ends_at: string} | {errors: NonNullable<ServiceForms['errors']>}}
 */
function spanOf(event, zone) {
  const [day, from, to] = ['day', 'from', 'to'].map((name) => field(event, name));
  /** @type {NonNullable<ServiceForms['errors']>} */
  const errors = {};
  if (!day) errors.day = { key: 'field_day_missing' };
  if (!from) errors.from = { key: 'field_time_missing' };
  if (!to) errors.to = { key: 'field_time_missing' };
  else if (from && to <= from) errors.to = { key: 'field_before_start' };
  if (Object.keys(errors).length) return { errors };
  const span = { starts_at: instantOf(day, from, zone), ends_at: instantOf(day, to, zone) };
  return Date.parse(span.ends_at) <= Date.now() ? { errors: { day: { key: 'field_over' } } } : span;
}
