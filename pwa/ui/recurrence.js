// When an opening comes back, on its own clock and calendar: the twin of models/rules/recurrence.py and
// recurrence_text.py, for what terminals write themselves. Days are counted from Monday, 0.

import { addDays, instantOf, wallOf } from './zone.js';

const NAMES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const DAY = 24 * 3_600_000;
/** A fifth weekday, every twelfth month: the longest that a rule can be silent, in days. */
const LONGEST_PAUSE = 12 * 366;
const UNTIL = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/;

/**
 * @typedef {object} Rule
 * @property {'weekly' | 'monthly'} every
 * @property {number} interval in weeks or months
 * @property {number[]} weekdays of a weekly one, in order
 * @property {{nth: number, weekday: number}[]} nths of a monthly one; -1 is the last
 * @property {string | null} until the last day, itself included
 */

/**
 * @param {string} text an RRULE
 * @param {string} time when each occurrence begins, on the unit's clock: a rule may end at an hour
 * @param {string} zone
 * @returns {Rule | null} null for what this page does not know to say
 */
export function readRule(text, time, zone) {
  const parts = Object.fromEntries(text.split(';').map((part) => part.split('=')));
  const every = parts.FREQ === 'WEEKLY' ? 'weekly' : parts.FREQ === 'MONTHLY' ? 'monthly' : null;
  /** @type {{nth: number, weekday: number}[]} */
  const days = (parts.BYDAY ?? '').split(',').filter(Boolean).map((/** @type {string} */ day) => ({ nth: Number.parseInt(day, 10), weekday: NAMES.indexOf(day.slice(-2)) }));
  if (!every || days.some(({ weekday }) => weekday < 0)) return null;
  return {
    every,
    interval: Number(parts.INTERVAL ?? 1),
    weekdays: every === 'weekly' ? days.map(({ weekday }) => weekday) : [],
    nths: every === 'monthly' ? days : [],
    until: parts.UNTIL ? lastDay(parts.UNTIL, time, zone) : null,
  };
}

/**
 * The last day on which something that begins at `time` still begins in time.
 * @param {string} text
 * @param {string} time
 * @param {string} zone
 */
function lastDay(text, time, zone) {
  const [, year, month, date, hour, minute, second, utc] = UNTIL.exec(text) ?? [];
  const day = [year, month, date].join('-');
  if (!hour) return day;
  const clock = [hour, minute, second].join(':');
  if (!utc) return time <= clock ? day : addDays(day, -1);
  const end = `${day}T${clock}Z`;
  const there = wallOf(end, zone).day;
  return Date.parse(instantOf(there, time, zone)) <= Date.parse(end) ? there : addDays(there, -1);
}

/**
 * @param {Rule} rule
 * @returns {string}
 */
export function writeRule({ every, interval, weekdays, nths, until }) {
  const days = every === 'weekly' ? weekdays.map((day) => NAMES[day]) : nths.map(({ nth, weekday }) => `${nth}${NAMES[weekday]}`);
  return [
    `FREQ=${every.toUpperCase()}`,
    ...(interval > 1 ? [`INTERVAL=${interval}`] : []),
    ...(days.length ? [`BYDAY=${days.join(',')}`] : []),
    ...(until ? [`UNTIL=${until.replaceAll('-', '')}`] : []),
  ].join(';');
}

/** @param {string} day `2026-11-24` @returns {number} 0 for Monday */
export function weekdayOf(day) {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** @param {string} day @returns {number} which one of its weekday it is in its month, 1 to 5 */
export function nthOf(day) {
  return Math.ceil(Number(day.slice(8)) / 7);
}

/**
 * The days that a rule gives, the earliest first.
 * @param {Rule | null} rule null: once
 * @param {string} first from which weeks and months are counted
 * @param {string} from the earliest day wanted
 * @param {number} most
 * @returns {string[]}
 */
export function daysOf(rule, first, from, most) {
  if (!rule) return first >= from ? [first] : [];
  /** @type {string[]} */
  const found = [];
  let day = from > first ? from : first;
  for (let missed = 0; missed < LONGEST_PAUSE && found.length < most && (!rule.until || day <= rule.until); missed += 1) {
    if (gives(rule, first, day)) {
      found.push(day);
      missed = 0;
    }
    day = addDays(day, 1);
  }
  return found;
}

/**
 * @param {Rule} rule
 * @param {string} first from which weeks and months are counted
 * @param {string} day
 */
export function gives(rule, first, day) {
  if (day < first || (rule.until && day > rule.until)) return false;
  const weekday = weekdayOf(day);
  if (rule.every === 'weekly') {
    const wanted = rule.weekdays.length ? rule.weekdays : [weekdayOf(first)];
    return wanted.includes(weekday) && (weekNumber(day) - weekNumber(first)) % rule.interval === 0;
  }
  if ((monthNumber(day) - monthNumber(first)) % rule.interval !== 0) return false;
  const last = addDays(day, 7).slice(0, 7) !== day.slice(0, 7);
  return rule.nths.some((one) => one.weekday === weekday && (one.nth === nthOf(day) || (one.nth === -1 && last)));
}

/** @param {string} day */
function weekNumber(day) {
  return Math.floor((Date.parse(`${day}T00:00:00Z`) / DAY + 3) / 7);
}

/** @param {string} day */
function monthNumber(day) {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
}
