// Times and ages in words, in the unit's time zone.

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

/**
 * @param {'fr' | 'en'} language
 * @param {string} timeZone
 * @param {number} now milliseconds
 * @returns {Format}
 */
export function formatter(language, timeZone, now) {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23', timeZone });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const today = day.format(now);

  /** @param {Date} at */
  const time = (at) => {
    const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
    return language === 'fr' ? `${Number(parts.hour)}\u00a0h\u00a0${parts.minute}` : `${parts.hour}:${parts.minute}`;
  };
  /** @param {Date} at */
  const dated = (at) => `${day.format(at)} ${language === 'fr' ? 'à' : 'at'} ${time(at)}`;
  /** @param {Date} at */
  // A weekday and a day of the month come back together after months; nothing here lives that long.
  const isToday = (at) => day.format(at) === today;

  return {
    moment: (iso) => {
      const at = new Date(iso);
      return isToday(at) ? time(at) : dated(at);
    },
    clock: (iso) => time(new Date(iso)),
    on: (iso) => {
      const at = new Date(iso);
      if (isToday(at)) return `${language === 'fr' ? 'à' : 'at'} ${time(at)}`;
      return language === 'fr' ? dated(at) : `on ${dated(at)}`;
    },
    age: (iso) => {
      // The server's clock may be a little ahead of the phone's.
      const elapsed = Math.max(0, now - Date.parse(iso));
      if (elapsed < MINUTE) return translator(language)('just_now');
      if (elapsed < HOUR) return relative.format(-Math.floor(elapsed / MINUTE), 'minute');
      if (elapsed < DAY) return relative.format(-Math.floor(elapsed / HOUR), 'hour');
      return relative.format(-Math.floor(elapsed / DAY), 'day');
    },
    duration: (seconds) => {
      const [value, unit] = seconds < 90 ? [Math.ceil(seconds), 'second'] : [Math.ceil(seconds / 60), 'minute'];
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
    },
  };
}
