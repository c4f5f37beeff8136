// A recurrence as people say it: « un mardi sur deux, de 9 h 00 à 12 h 00, jusqu’au mardi 30 juin ».

import { firstOfMonth } from './first-of-month.js';
import { readRule } from './recurrence.js';
import { wallOf } from './zone.js';

/** The names of days come from the system; 2024 began on a Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 24 * 3_600_000;
const WORKING_DAYS = '0,1,2,3,4';
const NTH = {
  fr: /** @type {Record<number, string>} */ ({ 1: 'premier', 2: 'deuxième', 3: 'troisième', 4: 'quatrième', 5: 'cinquième', [-1]: 'dernier' }),
  en: /** @type {Record<number, string>} */ ({ 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth', [-1]: 'last' }),
};

/** @typedef {'fr' | 'en'} Language */

/** @param {Language} language @param {number} weekday 0 is Monday */
export function weekdayName(language, weekday) {
  return new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { weekday: 'long', timeZone: 'UTC' }).format(MONDAY + weekday * DAY);
}

/** @param {Language} language @param {number} nth */
export function nthName(language, nth) {
  return NTH[language][nth] ?? '';
}

/** @type {Map<Language, {near: Intl.DateTimeFormat, far: Intl.DateTimeFormat}>} */
const made = new Map();

/** The system's formatters, kept: making one costs more than the line that it is for. @param {Language} language */
function dayFormats(language) {
  const known = made.get(language);
  if (known) return known;
  const parts = /** @type {const} */ ({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const formats = { near: new Intl.DateTimeFormat(locale, parts), far: new Intl.DateTimeFormat(locale, { ...parts, year: 'numeric' }) };
  made.set(language, formats);
  return formats;
}

/**
 * @param {Language} language
 * @param {number} now milliseconds
 * @returns {(day: string) => string} "mardi 1er décembre", with the year when it is another one
 */
export function dayFormat(language, now) {
  const { near, far } = dayFormats(language);
  const year = new Date(now).toISOString().slice(0, 4);
  return (day) => {
    return firstOfMonth(language, (day.startsWith(year) ? near : far).format(Date.parse(`${day}T00:00:00Z`)));
  };
}

/**
 * An opening that comes back, in one sentence without its full stop.
 * @param {{starts_at: string, ends_at: string, recurrence: string}} opening
 * @param {Language} language
 * @param {string} zone
 * @param {number} now milliseconds
 */
export function recurrenceWords({ starts_at, ends_at, recurrence }, language, zone, now) {
  const [from, to] = [wallOf(starts_at, zone), wallOf(ends_at, zone)];
  const rule = readRule(recurrence, from.time, zone);
  if (!rule) return recurrence;
  const day = dayFormat(language, now);
  const clock = (/** @type {string} */ time) => (language === 'fr' ? `${Number(time.slice(0, 2))}\u00a0h\u00a0${time.slice(3)}` : time);
  const weekdays = rule.weekdays.length ? rule.weekdays : [(new Date(`${from.day}T00:00:00Z`).getUTCDay() + 6) % 7];
  const said = rule.every === 'weekly' ? weekly(language, rule.interval, weekdays) : monthly(language, rule);
  const hours = language === 'fr' ? `de ${clock(from.time)} à ${clock(to.time)}` : `${clock(from.time)} to ${clock(to.time)}`;
  const begins = Date.parse(starts_at) > now ? [`${language === 'fr' ? 'à partir du' : 'from'} ${day(from.day)}`] : [];
  const ends = rule.until ? `${language === 'fr' ? 'jusqu’au' : 'until'} ${day(rule.until)}` : language === 'fr' ? 'sans date de fin' : 'with no end date';
  return [said, hours, ...begins, ends].join(', ');
}

/**
 * @param {Language} language
 * @param {number} interval
 * @param {number[]} weekdays
 */
function weekly(language, interval, weekdays) {
  const fr = language === 'fr';
  const names = weekdays.map((day) => weekdayName(language, day));
  const plural = list(language, names.map((name) => `${name}s`));
  if (interval === 1) {
    if (weekdays.length === 7) return fr ? 'tous les jours' : 'every day';
    if (weekdays.join() === WORKING_DAYS) return fr ? 'du lundi au vendredi' : 'Monday to Friday';
    return fr ? `tous les ${plural}` : `every ${list(language, names)}`;
  }
  if (interval === 2 && names.length === 1) return fr ? `un ${names[0]} sur deux` : `every other ${names[0]}`;
  const weeks = interval === 2 ? (fr ? 'une semaine sur deux' : 'every other week') : fr ? `toutes les ${interval} semaines` : `every ${interval} weeks`;
  return names.length === 1 && fr ? `le ${names[0]}, ${weeks}` : fr ? `les ${plural}, ${weeks}` : `${list(language, names)}, ${weeks}`;
}

/**
 * @param {Language} language
 * @param {import('./recurrence.js').Rule} rule
 */
function monthly(language, { interval, nths }) {
  const fr = language === 'fr';
  const days = list(language, nths.map(({ nth, weekday }) => `${fr ? 'le' : 'the'} ${nthName(language, nth)} ${weekdayName(language, weekday)}`));
  if (interval === 1) return fr ? `${days} du mois` : `${days} of the month`;
  if (interval === 2) return fr ? `${days}, un mois sur deux` : `${days}, every other month`;
  return fr ? `${days}, tous les ${interval} mois` : `${days}, every ${interval} months`;
}

/**
 * @param {Language} language
 * @param {string[]} names
 */
function list(language, names) {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${language === 'fr' ? 'et' : 'and'} ${names.at(-1)}`;
}
