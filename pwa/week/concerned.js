// Whom other hours of an opening concern.

import { isActive } from './free-slots.js';

/**
 * The appointments of an occurrence that its new hours do not hold any more, with the pause after them.
 * @param {Iterable<import('../types').AppointmentItem>} appointments
 * @param {{id: string}} occurrence
 * @param {{starts_at: string, ends_at: string} | null} hours null: there are none any more
 * @returns {import('../types').AppointmentItem[]} the earliest first
 */
export function outside(appointments, occurrence, hours) {
  return [...appointments]
    .filter((one) => one.occurrence_id === occurrence.id && isActive(one))
    .filter(({ starts_at, free_at }) => !hours || Date.parse(starts_at) < Date.parse(hours.starts_at) || Date.parse(free_at) > Date.parse(hours.ends_at))
    .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
}
