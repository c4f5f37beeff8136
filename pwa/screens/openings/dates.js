// The dates of an opening as they stand: what is stored where the server said so, what the rule gives elsewhere.

import { timesOn } from '../../ui/occurrence-times.js';
import { daysOf, readRule } from '../../ui/recurrence.js';
import { addDays, wallOf } from '../../ui/zone.js';

/**
 * @typedef {import('../../types').View} View
 * @typedef {import('../../types').OpeningDoc} OpeningDoc
 *
 * @typedef {object} OneDate
 * @property {string} day what the recurrence gives
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {boolean} changed other times than the rule gives
 * @property {boolean} dropped
 * @property {string | null} closed why nobody receives then, as a key of the words
 * @property {string} name of the holiday
 */

/**
 * @param {View} view
 * @param {OpeningDoc} opening
 * @param {string} zone
 * @param {number} now milliseconds
 * @param {number} most
 * @returns {OneDate[]} those to come, the earliest day first
 */
export function datesOf(view, opening, zone, now, most) {
  const { day: first, time } = wallOf(opening.starts_at, zone);
  const rule = opening.recurrence ? readRule(opening.recurrence, time, zone) : null;
  if (opening.recurrence && !rule) return [];
  const stored = new Map([...view.occurrences.values()].filter((one) => one.opening_id === opening.id).map((one) => [one.day, one]));
  const changes = new Map((opening.changes ?? []).map((one) => [one.day, one]));
  const today = wallOf(now, zone).day;
  const days = new Set([...changes.keys(), ...daysOf(rule, first, addDays(today, -1), most + 1)]);
  return [...days].sort().map((day) => {
    const [change, known] = [changes.get(day), stored.get(day)];
    const regular = timesOn(opening, day, zone);
    const dropped = Boolean(change && !change.starts_at);
    const times = change?.starts_at && change.ends_at ? { starts_at: change.starts_at, ends_at: change.ends_at } : regular;
    const holiday = view.holidays.find((one) => one.day === wallOf(times.starts_at, zone).day)?.name ?? '';
    const closed = known ? known.closed_because : closure(opening.holiday_rule ?? 'closed', holiday);
    const changed = !dropped && times !== regular && (Date.parse(times.starts_at) !== Date.parse(regular.starts_at) || Date.parse(times.ends_at) !== Date.parse(regular.ends_at));
    return { day, ...times, changed, dropped, closed: dropped || closed === 'dropped' ? null : closed, name: known?.closed_name ?? holiday };
  }).filter((one) => Date.parse(one.ends_at) > now).slice(0, most);
}

/**
 * @param {import('../../types').HolidayRule} rule
 * @param {string} holiday
 */
function closure(rule, holiday) {
  if (rule === 'closed' && holiday) return 'holiday';
  return rule === 'only' && !holiday ? 'not_holiday' : null;
}
