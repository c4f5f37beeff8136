// The few numbers that a chief uses, from what the terminal holds.

import { instantOf, wallOf } from '../ui/zone.js';
import { mondayOf } from './days.js';
import { gapsOf, slotsIn } from './free-slots.js';

const WEEK = 7 * 24 * 3_600_000;

/**
 * @typedef {object} Numbers
 * @property {number} waiting requests that nobody has taken
 * @property {string | null} oldest when the oldest of them came
 * @property {{inTime: number, of: number}} taken of this week's requests whose deadline is decided, those taken in time
 * @property {{missed: number, of: number}} noShows of the appointments that ended in the last seven days
 * @property {{reason: import('../types').Label, count: number}[]} left slots left this fortnight, the scarcest reason first
 */

/**
 * @param {import('../types').View} view
 * @param {number} now milliseconds
 * @param {string} zone the unit's
 * @returns {Numbers}
 */
export function numbersOf(view, now, zone) {
  const requests = [...view.requests.values()].filter(isOurs);
  const waiting = requests.filter(({ state }) => state === 'waiting');
  const oldest = waiting.map(({ created_at }) => created_at).sort((one, other) => Date.parse(one) - Date.parse(other))[0] ?? null;
  return {
    waiting: waiting.length,
    oldest,
    taken: takenInTime(requests, Date.parse(instantOf(mondayOf(wallOf(now, zone).day), '00:00', zone)), now),
    noShows: noShows(view.appointments.values(), now),
    left: slotsLeft(view, now),
  };
}

/**
 * @param {import('../types').Item} item
 * @returns {item is import('../types').RequestItem}
 */
function isOurs(item) {
  return item.state !== 'transferred';
}

/**
 * A request that waits and still has time says nothing yet; one that its author withdrew in time neither.
 * @param {import('../types').RequestItem[]} requests
 * @param {number} since
 * @param {number} now
 */
function takenInTime(requests, since, now) {
  let [inTime, of] = [0, 0];
  for (const { created_at, due_at, accepted_at, ended_at } of requests) {
    if (Date.parse(created_at) < since) continue;
    const due = Date.parse(due_at);
    const taken = accepted_at !== null && Date.parse(accepted_at) <= due;
    const missed = !taken && (accepted_at !== null || Math.min(now, ended_at ? Date.parse(ended_at) : Infinity) >= due);
    if (taken) inTime += 1;
    if (taken || missed) of += 1;
  }
  return { inTime, of };
}

/**
 * @param {Iterable<import('../types').AppointmentItem>} appointments
 * @param {number} now
 */
function noShows(appointments, now) {
  let [missed, of] = [0, 0];
  for (const { state, ends_at } of appointments) {
    if (now - Date.parse(ends_at) > WEEK || (state !== 'no_show' && state !== 'honoured')) continue;
    of += 1;
    if (state === 'no_show') missed += 1;
  }
  return { missed, of };
}

/**
 * For each reason that one can book, and whose duration is known.
 * @param {import('../types').View} view
 * @param {number} now
 */
function slotsLeft(view, now) {
  const gaps = gapsOf({ occurrences: view.occurrences.values(), appointments: view.appointments.values(), absences: view.absences.values() }, now);
  return view.reasons
    .flatMap((reason) => {
      const { code, duration, buffer = 0, bookable, notice, place_kinds } = reason;
      return duration && bookable !== false ? [{ reason, count: slotsIn(gaps, { code, duration, buffer, notice, place_kinds }, now) }] : [];
    })
    .sort((one, other) => one.count - other.count);
}
