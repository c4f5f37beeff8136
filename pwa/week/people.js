// What lies on a day when the unit's time is drawn by gendarme: a row for each, and one for what nobody has taken yet.

import { lying, proposed } from './lanes.js';

/**
 * @typedef {import('./lanes.js').AppointmentItem} AppointmentItem
 *
 * What one gendarme has on one day; of nobody, the appointments that still lack somebody.
 * @typedef {object} Share
 * @property {AppointmentItem[]} appointments
 * @property {import('./lanes.js').OccurrenceItem[]} occurrences those that name them
 * @property {import('./lanes.js').OpeningItem[]} proposals
 * @property {import('./lanes.js').AbsenceItem[]} absences
 */

const SHOWN = new Set(['requested', 'confirmed', 'honoured', 'no_show']);

/**
 * @param {import('../types').View} view
 * @param {string} day
 * @param {string} zone
 * @param {number | null} agentId null: what lacks somebody, and what names nobody
 * @returns {Share}
 */
export function shareOf(view, day, zone, agentId) {
  const [items, named] = agentId === null ? [lacks, isNobody] : [has, isThis];
  return {
    appointments: on(view.appointments.values(), (one) => SHOWN.has(one.state) && items(one)),
    occurrences: on(view.occurrences.values(), ({ agent }) => named(agent)),
    proposals: proposed(view, day, zone).map(({ item }) => item).filter(({ agent }) => named(agent)),
    absences: agentId === null ? [] : on(view.absences.values(), ({ agent, cancelled }) => !cancelled && agent.id === agentId),
  };

  /**
   * @template {{starts_at: string, ends_at: string}} T
   * @param {Iterable<T>} all
   * @param {(item: T) => boolean} wanted
   */
  function on(all, wanted) {
    return lying([...all].filter(wanted), day, zone).map(({ item }) => item);
  }
  /** @param {AppointmentItem} one */
  function has(one) {
    return one.agents.some(({ id }) => id === agentId);
  }
  /** @param {import('../types').Person | null} person */
  function isThis(person) {
    return person?.id === agentId;
  }
}

/**
 * What is over needs nobody any more.
 * @param {AppointmentItem} one
 */
function lacks({ state, agents, agents_needed }) {
  return agents.length < agents_needed && (state === 'requested' || state === 'confirmed');
}

/** @param {import('../types').Person | null} person */
function isNobody(person) {
  return person === null;
}
