// What the form of an opening begins with: nothing said yet, or the proposal that the chief changes.

import { nthOf, readRule, weekdayOf } from '../../ui/recurrence.js';
import { addDays, wallOf } from '../../ui/zone.js';

/**
 * @typedef {import('../../types').OpeningItem} OpeningItem
 * @typedef {'once' | 'weekly' | 'monthly' | 'kept'} Repeat `kept`: the rule that is there, which the form cannot say
 *
 * @typedef {object} Draft
 * @property {string} day
 * @property {string} from
 * @property {string} to
 * @property {Repeat} repeat
 * @property {Repeat[]} repeats what can be chosen
 * @property {number} interval
 * @property {number[]} weekdays
 * @property {'nth' | 'last'} month
 * @property {string} until
 * @property {import('../../types').HolidayRule} holidays
 * @property {'me' | 'unit'} by
 * @property {import('../../types').Person} person who receives, when it is one
 * @property {number} counters
 * @property {import('../../types').PlaceKind} place
 * @property {string} placeName
 * @property {string[]} reasons none: all
 */

/**
 * @param {OpeningItem | null} item
 * @param {import('../../types').Person} self
 * @param {string} zone
 * @param {number} now milliseconds
 * @param {{day: string, from: string, to: string} | null} at hours of the week that were pointed at
 * @returns {Draft}
 */
export function draftOf(item, self, zone, now, at) {
  const [from, to] = item ? [wallOf(item.starts_at, zone), wallOf(item.ends_at, zone)] : [null, null];
  const day = from?.day ?? at?.day ?? addDays(wallOf(now, zone).day, 1);
  const rule = item?.recurrence && from ? readRule(item.recurrence, from.time, zone) : null;
  const repeat = item?.recurrence ? (rule && canSay(rule, day) ? rule.every : 'kept') : 'once';
  return {
    day,
    from: from?.time ?? at?.from ?? '',
    to: to?.time ?? at?.to ?? '',
    repeat,
    repeats: ['once', 'weekly', 'monthly', ...(repeat === 'kept' ? [/** @type {const} */ ('kept')] : [])],
    interval: rule?.interval ?? 1,
    weekdays: rule?.weekdays ?? [],
    month: rule?.nths[0]?.nth === -1 ? 'last' : 'nth',
    until: rule?.until ?? '',
    holidays: item?.holiday_rule ?? 'closed',
    // In the week one looks at counters, whoever sits there.
    by: item ? (item.agent ? 'me' : 'unit') : at ? 'unit' : 'me',
    person: item?.agent ?? self,
    counters: item?.counters ?? 1,
    place: item?.place.kind ?? 'unit',
    placeName: item?.place.name ?? '',
    reasons: item?.reasons ?? [],
  };
}

/**
 * Whether the form has fields for a rule.
 * @param {import('../../ui/recurrence.js').Rule} rule
 * @param {string} day
 */
function canSay(rule, day) {
  if (rule.every === 'weekly') return true;
  const [only] = rule.nths;
  return rule.nths.length === 1 && only.weekday === weekdayOf(day) && (only.nth === -1 || only.nth === nthOf(day));
}
