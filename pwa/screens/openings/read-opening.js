// What was typed about an opening, as the arguments of a mutation, or what is wrong with it, field by field. The server
// has the same rules (models/rules/openings.py) and the last word.

import { timesOn } from '../../ui/occurrence-times.js';
import { daysOf, nthOf, readRule, weekdayOf, writeRule } from '../../ui/recurrence.js';
import { addDays, instantOf, wallOf } from '../../ui/zone.js';
import { NAMED_PLACES } from '../service/read-forms.js';

const DAY = 24 * 3_600_000;
const FARTHEST = 366 * DAY;
const MOST_COUNTERS = 20;
const MOST_WEEKS = 52;
const MOST_MONTHS = 12;
/** Nobody plans for longer; without an end it goes on until somebody withdraws it. */
const LONGEST_SERIES = 5 * 366;

/**
 * @typedef {import('../service/read-forms.js').Read} Read
 * @typedef {NonNullable<import('../service/actions.js').ServiceForms['errors']>} Errors
 * @typedef {import('./draft.js').Draft} Draft
 * @typedef {import('../service/actions.js').ServiceForms} ServiceForms
 */

/**
 * @param {FormData} fields
 * @param {Draft} draft
 * @param {ServiceForms} form what was chosen beside the fields
 * @param {{zone: string, now: number, kept: string | null}} how `kept` is the rule of the proposal that is changed
 * @returns {Read}
 */
export function readOpening(fields, draft, form, { zone, now, kept }) {
  /** @type {Errors} */
  const errors = {};
  const [day, from, to] = [text(fields, 'day'), text(fields, 'from'), text(fields, 'to')];
  const place_kind = form.place ?? draft.place;
  const place_name = NAMED_PLACES.has(place_kind) ? text(fields, 'place_name') : '';
  const by = form.by ?? draft.by;
  const counters = by === 'unit' ? Number(text(fields, 'counters')) : 1;
  const some = form.some ?? draft.reasons.length > 0;
  const reasons = some ? fields.getAll('reasons').map(String) : [];
  if (!day) errors.day = { key: 'field_day_missing' };
  if (!from) errors.from = { key: 'field_time_missing' };
  if (!to) errors.to = { key: 'field_time_missing' };
  else if (from && to <= from) errors.to = { key: 'field_before_start' };
  const rule = day ? ruleOf(fields, form.repeat ?? draft.repeat, day, kept ? readRule(kept, from || '00:00', zone) : null, errors) : null;
  const today = wallOf(now, zone).day;
  if (rule?.until && rule.until > addDays(today, LONGEST_SERIES)) errors.until = { key: 'field_until_too_far' };
  // The first day that the rule gives: who says « tous les mardis » on a Wednesday means the next Tuesday.
  const first = day && !errors.until ? daysOf(rule, day, day, 1)[0] : day;
  if (day && !first) errors.until = { key: 'field_until_before' };
  if (!Number.isInteger(counters) || counters < 1 || counters > MOST_COUNTERS) errors.counters = { key: 'field_out_of_range' };
  if (some && reasons.length === 0) errors.reasons = { key: 'field_reasons_missing' };
  if (NAMED_PLACES.has(place_kind) && !place_name) errors.place_name = { key: 'field_place_missing' };
  if (!first || !from || !to) return { errors };

  const [starts_at, ends_at] = [instantOf(first, from, zone), instantOf(first, to, zone)];
  // In the spring night an hour is left out, and with it what began in it.
  if (ends_at <= starts_at) errors.to ??= { key: 'field_before_start' };
  // One day of it that is not over will do, be it in years.
  const later = daysOf(rule, first, addDays(today, -1), 3).map((one) => timesOn({ starts_at, ends_at }, one, zone));
  if (!later.some((one) => Date.parse(one.ends_at) > now)) errors[rule ? 'until' : 'day'] ??= { key: 'field_over' };
  else if (Date.parse(starts_at) - now > FARTHEST) errors.day = { key: 'field_opening_too_far' };
  if (Object.keys(errors).length) return { errors };
  return {
    errors,
    args: {
      starts_at,
      ends_at,
      counters,
      reasons,
      place_kind,
      place_name,
      recurrence: rule && writeRule(rule),
      holiday_rule: form.holidays ?? draft.holidays,
      ...(by === 'unit' ? {} : { agent_id: draft.person.id }),
    },
  };
}

/**
 * @param {FormData} fields
 * @param {import('./draft.js').Repeat} repeat
 * @param {string} day
 * @param {import('../../ui/recurrence.js').Rule | null} kept
 * @param {Errors} errors
 * @returns {import('../../ui/recurrence.js').Rule | null}
 */
function ruleOf(fields, repeat, day, kept, errors) {
  if (repeat === 'once') return null;
  if (repeat === 'kept') return kept;
  const interval = Number(text(fields, 'interval') || 1);
  if (!Number.isInteger(interval) || interval < 1 || interval > (repeat === 'weekly' ? MOST_WEEKS : MOST_MONTHS)) errors.interval = { key: repeat === 'weekly' ? 'field_weeks_range' : 'field_months_range' };
  const weekdays = fields.getAll('weekdays').map(Number).sort();
  const nth = text(fields, 'month') === 'last' ? -1 : nthOf(day);
  return {
    every: repeat,
    interval: errors.interval ? 1 : interval,
    weekdays: repeat === 'weekly' ? (weekdays.length ? weekdays : [weekdayOf(day)]) : [],
    nths: repeat === 'monthly' ? [{ nth, weekday: weekdayOf(day) }] : [],
    until: text(fields, 'until') || null,
  };
}

/**
 * @param {FormData} fields
 * @param {string} name
 */
function text(fields, name) {
  return String(fields.get(name) ?? '').trim();
}
