// What a gendarme does with appointments, and a chief with everybody's.

import { address } from '../../router.js';
import { newId } from '../../sync/outbox.js';
import { viewOf } from '../../store.js';
import { field, focusOn } from '../../ui/dom.js';
import { remember } from '../../ui/preferences.js';
import { translator } from '../../ui/translate.js';
import { instantOf } from '../../ui/zone.js';
import { zoneOf } from '../service/read-forms.js';

/**
 * @typedef {import('../../ui/translate.js').Key} Key
 * @typedef {NonNullable<import('../service/actions.js').ServiceForms['errors']>} Errors
 * @typedef {ReturnType<typeof createAgendaActions>} AgendaActions
 */

export const MOST_STARTS = 3;

/**
 * @param {object} parts
 * @param {import('../../store.js').Store<import('../../store.js').State>} parts.store
 * @param {import('../../sync/engine.js').Engine} parts.engine
 */
export function createAgendaActions({ store, engine }) {
  /** @param {Partial<import('../service/actions.js').ServiceForms>} changes */
  const form = (changes) => store.set({ forms: { ...store.state.forms, service: { ...store.state.forms.service, ...changes } } });
  /** @param {Key} key */
  const announce = (key) => store.set({ announcement: translator(store.state.language)(key) });
  /** @param {Errors} errors @param {string} [selector] */
  const failed = (errors, selector = `[name=${Object.keys(errors)[0]}]`) => {
    form({ errors });
    focusOn(selector);
  };
  /** @param {import('../../types').Op} op @param {import('../../types').Args} args @param {Key} said */
  const act = async (op, args, said) => {
    form({ errors: undefined });
    await engine.act({ op, args });
    announce(said);
  };
  const settle = () => {
    // The button that comes next takes the place of the one that was tapped: not for the second half of a double tap.
    store.set({ forms: { ...store.state.forms, settling: true } });
    setTimeout(() => store.set({ forms: { ...store.state.forms, settling: false } }), 700);
  };

  return {
    /** @param {'mine' | 'unit'} whose */
    show(whose) {
      remember('agenda', whose);
      form({ whose });
    },

    /** @param {string} id */
    async take(id) {
      settle();
      await act('appointment.take', { appointment_id: id }, 'said_taken');
      focusOn('.detail-state');
    },

    /** @param {string} id */
    async leave(id) {
      await act('appointment.leave', { appointment_id: id }, 'said_left');
      focusOn('.detail-state');
    },

    /**
     * @param {string} id
     * @param {import('../../types').AppointmentOutcome} outcome
     * @param {string} [then] where the focus goes
     */
    async outcome(id, outcome, then = '.detail-state') {
      if (store.state.forms.settling) return;
      settle();
      await act('appointment.outcome', { appointment_id: id, outcome }, 'said_outcome');
      focusOn(then);
    },

    /**
     * What was said is put right; from behind "Plus", no second tap can come by itself.
     * @param {string} id
     * @param {import('../../types').AppointmentOutcome} outcome
     */
    async correct(id, outcome) {
      await act('appointment.outcome', { appointment_id: id, outcome }, 'said_outcome');
      focusOn('.detail-state');
    },

    /** @param {string} id @param {string} [then] */
    async approve(id, then = '.detail-state') {
      await act('appointment.approve', { appointment_id: id }, 'said_approved');
      focusOn(then);
    },

    /**
     * Somebody who is free receives instead of whoever is not there.
     * @param {import('../../types').AppointmentItem} item
     * @param {import('../../types').Clash} clash
     * @param {number} agentId
     * @param {string} then where the focus goes
     */
    async giveTo(item, clash, agentId, then) {
      if (store.state.forms.settling) return;
      settle();
      const stay = item.agents.map(({ id }) => id).filter((id) => id !== clash.agent?.id);
      await act('appointment.assign', { appointment_id: item.id, agents: [...stay, agentId] }, 'said_assigned');
      focusOn(then);
    },

    /** @param {string} id @param {string} clashId @param {string} then */
    async keepClash(id, clashId, then) {
      if (store.state.forms.settling) return;
      settle();
      await act('clash.keep', { appointment_id: id, clash_id: clashId }, 'clash_said_kept');
      focusOn(then);
    },

    /** @param {string} id @param {number} findingId @param {'keep' | 'leave'} answer @param {string} then */
    async answer(id, findingId, answer, then) {
      if (store.state.forms.settling) return;
      settle();
      await act('agenda.answer', { appointment_id: id, finding_id: findingId, answer }, `question_said_${answer}`);
      focusOn(then);
    },

    /**
     * @param {SubmitEvent} event
     * @param {import('../../types').AppointmentItem} item
     */
    async assign(event, item) {
      event.preventDefault();
      const agents = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).getAll('agents').map(Number);
      if (agents.length === 0) return failed({ agents: { key: 'field_agents_missing' } });
      if (agents.length > item.agents_needed) return failed({ agents: { key: 'field_agents_too_many' } });
      await act('appointment.assign', { appointment_id: item.id, agents }, 'said_assigned');
      return location.replace(address('appointment', item.id));
    },

    /** @param {SubmitEvent} event @param {string} id */
    async swap(event, id) {
      event.preventDefault();
      const other = field(event, 'other');
      if (!other) return failed({ other: { key: 'field_swap_missing' } });
      await act('appointment.swap', { appointment_id: id, other_appointment_id: other }, 'said_swapped');
      return location.replace(address('appointment', id));
    },

    /** @param {SubmitEvent} event @param {import('../../types').AppointmentItem} item */
    async propose(event, item) {
      event.preventDefault();
      const { errors, starts } = readStarts(event, item, zoneOf(viewOf(store.state.held)), Date.now());
      if (Object.keys(errors).length) return failed(errors);
      await act('appointment.propose', { appointment_id: item.id, starts, word: field(event, 'word') }, 'said_proposed');
      return location.replace(address('appointment', item.id));
    },

    /**
     * The chief says whose wish it is; anybody else cancels for the citizen only.
     * @param {SubmitEvent} event
     * @param {string} id
     */
    async cancel(event, id) {
      event.preventDefault();
      const [why, word] = [field(event, 'why'), field(event, 'word')];
      if (!why) return failed({ why: { key: 'field_why_missing' } });
      if (why === 'unit' && !word) return failed({ word: { key: 'field_word_missing' } });
      await act('appointment.cancel', { appointment_id: id, word, ...(why === 'citizen' && { for_citizen: true }) }, 'said_cancelled');
      return location.replace(address('appointment', id));
    },

    /** @param {string} until */
    async leaveFor(until) {
      if (store.state.forms.settling) return;
      settle();
      await act('intervention.start', { absence_id: newId(), until }, 'said_intervention');
      focusOn('#intervention-title');
    },

    async back() {
      if (store.state.forms.settling) return;
      settle();
      await act('duty.set', { status: 'available', until: null }, 'said_back');
      focusOn('#intervention-title');
    },
  };
}

/**
 * The other times that were typed, as instants in the unit's zone.
 * @param {SubmitEvent} event
 * @param {{starts_at: string}} item
 * @param {string} zone
 * @param {number} now milliseconds
 */
function readStarts(event, item, zone, now) {
  /** @type {Errors} */
  const errors = {};
  /** @type {string[]} */
  const starts = [];
  for (let n = 1; n <= MOST_STARTS; n += 1) {
    const [day, time] = [field(event, `day_${n}`), field(event, `time_${n}`)];
    if (n > 1 && !day && !time) continue;
    if (!day) errors[`day_${n}`] = { key: 'field_day_missing' };
    if (!time) errors[`time_${n}`] = { key: 'field_time_missing' };
    if (!day || !time) continue;
    const start = instantOf(day, time, zone);
    if (Date.parse(start) <= now) errors[`day_${n}`] = { key: 'field_start_past' };
    if (Date.parse(start) === Date.parse(item.starts_at)) errors[`time_${n}`] = { key: 'field_start_same' };
    starts.push(start);
  }
  return { errors, starts };
}
