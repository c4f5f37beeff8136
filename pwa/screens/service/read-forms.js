// What was typed about absences, as mutations, or what is wrong with it, field by field. The server has the same rules
// (models/rules/absences.py) and the last word.

import { periodFormat } from '../../ui/period.js';
import { addDays, instantOf } from '../../ui/zone.js';

const DAY = 24 * 3_600_000;
/** As the server has them. */
const LONGEST_ABSENCE = 366 * DAY;
const FARTHEST_ABSENCE = 731 * DAY;
const OLDEST_ABSENCE = 7 * DAY;
/** Places that nobody would find without their name. */
export const NAMED_PLACES = new Set(['town_hall', 'france_services']);

/**
 * @typedef {import('../../types').Args} Args
 * @typedef {import('../../types').View} View
 * @typedef {NonNullable<import('./actions.js').ServiceForms['errors']>} Errors
 * @typedef {{errors: Errors, args?: Args}} Read
 */

/**
 * @param {FormData} fields
 * @param {View} view
 * @param {number} agentId whose absence
 * @param {{hours: boolean, now: number, language: 'fr' | 'en'}} how
 * @returns {Read}
 */
export function readAbsence(fields, view, agentId, { hours, now, language }) {
  const zone = zoneOf(view);
  const [day, time] = [text(fields, 'from_day'), text(fields, 'from_time')];
  const [lastDay, endTime] = [text(fields, 'to_day') || day, text(fields, 'to_time')];
  /** @type {Errors} */
  const errors = {};
  if (!day) errors.from_day = { key: 'field_day_missing' };
  if (hours && !time) errors.from_time = { key: 'field_time_missing' };
  if (hours && !endTime) errors.to_time = { key: 'field_time_missing' };
  if (Object.keys(errors).length) return { errors };

  const starts_at = instantOf(day, hours ? time : '00:00', zone);
  const ends_at = hours ? instantOf(lastDay, endTime, zone) : instantOf(addDays(lastDay, 1), '00:00', zone);
  const [start, end] = [Date.parse(starts_at), Date.parse(ends_at)];
  const last = hours ? 'to_time' : 'to_day';
  if (end <= start) errors[last] = { key: 'field_before_start' };
  else if (now - end > OLDEST_ABSENCE) errors.from_day = { key: 'field_too_old' };
  else if (end - start > LONGEST_ABSENCE) errors[last] = { key: 'field_absence_too_long' };
  else if (start - now > FARTHEST_ABSENCE) errors.from_day = { key: 'field_absence_too_far' };
  for (const other of view.absences.values()) {
    if (other.agent.id !== agentId || other.cancelled || other.source !== 'own') continue;
    if (start >= Date.parse(other.ends_at) || end <= Date.parse(other.starts_at)) continue;
    errors.from_day ??= { key: 'field_absence_overlaps', values: { period: periodFormat(language, zone, now)(other) } };
  }
  if (Object.keys(errors).length) return { errors };
  return { errors, args: { starts_at, ends_at, word: text(fields, 'word') } };
}

/**
 * @param {FormData} fields
 * @param {string} name
 */
function text(fields, name) {
  return String(fields.get(name) ?? '').trim();
}

/** @param {View} view */
export function zoneOf(view) {
  return view.unit?.time_zone ?? 'Europe/Paris';
}
