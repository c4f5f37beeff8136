// From when to when, in words.

import { firstOfMonth } from './first-of-month.js';
import { addDays, wallOf } from './zone.js';

/**
 * @typedef {{starts_at: string, ends_at: string}} Period
 */

/**
 * @param {'fr' | 'en'} language
 * @param {string} zone
 * @param {number} now milliseconds
 * @returns {(period: Period) => string} "mardi 24 novembre, de 14 h 30 à 16 h 00", "du mardi 24 au jeudi 26 novembre"
 */
export function periodFormat(language, zone, now) {
  const fr = language === 'fr';
  const locale = fr ? 'fr-FR' : 'en-GB';
  const parts = /** @type {const} */ ({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  const [near, far] = [new Intl.DateTimeFormat(locale, parts), new Intl.DateTimeFormat(locale, { ...parts, year: 'numeric' })];
  const year = wallOf(now, zone).day.slice(0, 4);
  /** @param {string} day */
  const said = (day) => {
    return firstOfMonth(language, (day.startsWith(year) ? near : far).format(Date.parse(`${day}T00:00:00Z`)));
  };
  /** @param {string} time */
  const clock = (time) => (fr ? `${Number(time.slice(0, 2))}\u00a0h\u00a0${time.slice(3)}` : time);

  return ({ starts_at, ends_at }) => {
    const [from, to] = [wallOf(starts_at, zone), wallOf(ends_at, zone)];
    if (from.time === '00:00' && to.time === '00:00') {
      const last = addDays(to.day, -1);
      if (last <= from.day) return fr ? `${said(from.day)}, toute la journée` : `${said(from.day)}, all day`;
      return fr ? `du ${said(from.day)} au ${said(last)}` : `from ${said(from.day)} to ${said(last)}`;
    }
    if (from.day === to.day || (to.time === '00:00' && addDays(from.day, 1) === to.day)) {
      const [start, end] = [clock(from.time), to.time === '00:00' ? (fr ? 'minuit' : 'midnight') : clock(to.time)];
      return fr ? `${said(from.day)}, de ${start} à ${end}` : `${said(from.day)}, ${start} to ${end}`;
    }
    return fr
      ? `du ${said(from.day)} à ${clock(from.time)} au ${said(to.day)} à ${clock(to.time)}`
      : `from ${said(from.day)} at ${clock(from.time)} to ${said(to.day)} at ${clock(to.time)}`;
  };
}
