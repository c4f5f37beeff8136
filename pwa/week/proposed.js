// When an opening that has no stored occurrences yet would be on a day, by its recurrence; what is stored is the
// server's word.

import { daysOf, readRule } from '../ui/recurrence.js';
import { addDays, instantOf, wallOf } from '../ui/zone.js';

/** @typedef {{starts_at: string, ends_at: string}} Times */

/**
 * @param {import('../types').OpeningItem} opening
 * @param {string} day
 * @param {string} zone
 * @returns {Times[]} those that may lie on that day; one begins on the day before where it goes past midnight
 */
export function proposedOn({ starts_at, ends_at, recurrence, changes }, day, zone) {
  const [start, end] = [wallOf(starts_at, zone), wallOf(ends_at, zone)];
  const nights = (Date.parse(end.day) - Date.parse(start.day)) / 86_400_000;
  const moved = (changes ?? []).flatMap(({ starts_at: from, ends_at: to }) => (from && to ? [{ starts_at: from, ends_at: to }] : []));
  const changed = new Set((changes ?? []).map((one) => one.day));
  const rule = recurrence ? readRule(recurrence) : null;
  const regular = [addDays(day, -1), day]
    .filter((one) => !changed.has(one) && (recurrence && rule ? daysOf(rule, start.day, one, 1)[0] === one : one === start.day))
    .map((one) => ({ starts_at: instantOf(one, start.time, zone), ends_at: instantOf(addDays(one, nights), end.time, zone) }));
  return [...regular, ...moved];
}
