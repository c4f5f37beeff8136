// Times and ages in words, in the unit's time zone.

import { firstOfMonth } from './first-of-month.js';
import { translator } from './translate.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * @typedef {object} Format
 * @property {(at: string) => string} moment "14 h 30" today, "mardi 24 novembre à 14 h 30" another day
 * @property {(at: string) => string} on the same after a verb: "à 14 h 30", "mardi 24 novembre à 14 h 30"
 * @property {(at: string) => string} clock "14 h 30", whatever the day
 * @property {(at: string) => string} age "il y a 4 min"
 * @property {(seconds: number) => string} duration "4 minutes"
 */

/** @type {Map<string, ReturnType<typeof makeFormats>>} */
const made = new Map();

/**
 * The system's formatters, each made when it is first needed and kept: making one costs more than the rest of a card.
 * @param {string} locale
 * @param {string} timeZone
 */
function formats(locale, timeZone) {
  const key = `${locale} ${timeZone}`;
  const known = made.get(key) ?? makeFormats(locale, timeZone);
  made.set(key, known);
  return known;
}

/**
 * @param {string} locale
 * @param {string} timeZone
 */
function makeFormats(locale, timeZone) {
  return {
    clock: once(() => new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23', timeZone })),
    day: once(() => new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone })),
  };
}

/**
 * @template T
 * @param {() => T} make
 * @returns {() => T}
 */
function once(make) {
  /** @type {T | undefined} */
  let value;
  return () => (value ??= make());
}

/**
 * @param {'fr' | 'en'} language
 * @param {string} timeZone
 * @param {number} now milliseconds
 * @returns {Format}
 */
export function formatter(language, timeZone, now) {
  const fr = language === 'fr';
  const locale = fr ? 'fr-FR' : 'en-GB';
  const { clock, day } = formats(locale, timeZone);
  const t = translator(language);

  /** @param {Date} at */
  const time = (at) => clock().format(at).replace(':', fr ? '\u00a0h\u00a0' : ':').replace(/^0(?=\d)/, fr ? '' : '0');
  /** @param {Date} at */
  const timed = (at) => `${fr ? 'à' : 'at'} ${time(at)}`;
  /** @param {Date} at */
  const dated = (at) => `${firstOfMonth(language, day().format(at))} ${timed(at)}`;
  /** @param {Date} at */
  // A weekday and a day of the month come back together after months; nothing here lives that long.
  const isToday = (at) => day().format(at) === day().format(now);

  return {
    moment: (iso) => {
      const at = new Date(iso);
      return isToday(at) ? time(at) : dated(at);
    },
    clock: (iso) => time(new Date(iso)),
    on: (iso) => {
      const at = new Date(iso);
      if (isToday(at)) return timed(at);
      return fr ? dated(at) : `on ${dated(at)}`;
    },
    age: (iso) => {
      // The server's clock may be a little ahead of the phone's.
      const elapsed = Math.max(0, now - Date.parse(iso));
      if (elapsed < MINUTE) return t('just_now');
      // Our own words: making the system's formatter for them took a third of the time before the first picture.
      if (elapsed < HOUR) return t('age_minutes', { n: Math.floor(elapsed / MINUTE) });
      if (elapsed < DAY) return t('age_hours', { n: Math.floor(elapsed / HOUR) });
      return elapsed < 2 * DAY ? t('age_yesterday') : t('age_days', { n: Math.floor(elapsed / DAY) });
    },
    duration: (seconds) => {
      const [value, unit] = seconds < 90 ? [Math.ceil(seconds), 'second'] : [Math.ceil(seconds / 60), 'minute'];
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
    },
  };
}
