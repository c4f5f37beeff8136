// When an opening that has no stored occurrences yet would be on a day, by its recurrence; what is stored is the
// server's word.

import { timesOn } from '../ui/occurrence-times.js';
import { gives, readRule } from '../ui/recurrence.js';
import { addDays, wallOf } from '../ui/zone.js';

/** @typedef {{starts_at: string, ends_at: string}} Times */

/**
 * @param {import('../types').OpeningItem} opening
 * @param {string} day
 * @param {string} zone
 * @returns {Times[]} those that may lie on that day; one begins on the day before where it goes past midnight
 */
export function proposedOn({ starts_at, ends_at, recurrence, changes }, day, zone) {
  const start = wallOf(starts_at, zone);
  const moved = (changes ?? []).flatMap(({ starts_at: from, ends_at: to }) => (from && to ? [{ starts_at: from, ends_at: to }] : []));
  const changed = new Set((changes ?? []).map((one) => one.day));
  const rule = recurrence ? readRule(recurrence, start.time, zone) : null;
  const regular = [addDays(day, -1), day]
    .filter((one) => !changed.has(one) && (rule ? gives(rule, start.day, one) : one === start.day))
    .map((one) => timesOn({ starts_at, ends_at }, one, zone));
  return [...regular, ...moved];
}
