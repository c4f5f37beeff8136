// What closing a day has to drop, because it does not close like a public holiday.

import { wallOf } from '../ui/zone.js';
import { outside } from './concerned.js';

/**
 * The occurrences that begin on a day and would be open on a public holiday: those of openings that are open all the same,
 * or only then. What is over or dropped already stays as it is.
 * @param {import('../types').View} view
 * @param {string} day
 * @param {string} zone
 * @param {number} now milliseconds
 * @returns {import('../types').OccurrenceDoc[]}
 */
export function openOnHolidays(view, day, zone, now) {
  return [...view.occurrences.values()].filter((one) => wallOf(one.starts_at, zone).day === day
    && one.closed_because !== 'dropped' && Date.parse(one.ends_at) > now
    && (view.openings.get(one.opening_id)?.holiday_rule ?? 'closed') !== 'closed');
}

/**
 * What drops one of them; whoever has an appointment in it is offered other times, as on a public holiday.
 * @param {import('../types').View} view
 * @param {import('../types').OccurrenceDoc} occurrence
 * @param {string} word that citizens read
 * @returns {import('../types').Args}
 */
export function dropOf(view, occurrence, word) {
  const { opening_id, day } = occurrence;
  const concerned = outside(view.appointments.values(), occurrence, null);
  return { opening_id, day, word, appointments: Object.fromEntries(concerned.map(({ id }) => [id, /** @type {const} */ ('reoffer')])) };
}
