// Weeks and days of the unit's calendar, and where on a day something lies, by the clock on the wall.

import { addDays, wallOf } from '../ui/zone.js';

export const DAY_MINUTES = 1440;
/** The grid has a row for each half hour. */
export const ROW_MINUTES = 30;
const DAYS_IN_A_WEEK = 7;

/**
 * @param {string} day `2026-11-24`
 * @returns {string} the Monday of its week
 */
export function mondayOf(day) {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % DAYS_IN_A_WEEK));
}

/**
 * @param {string} first
 * @param {number} [count]
 * @returns {string[]}
 */
export function daysFrom(first, count = DAYS_IN_A_WEEK) {
  return Array.from({ length: count }, (_, at) => addDays(first, at));
}

/**
 * The part of a period that lies on a day, in minutes of that day's clock; null when none does. In the night of a
 * clock change it is where the clock on the wall says, so that 14 h is at the height of 14 h on every day.
 * @param {{starts_at: string, ends_at: string}} period
 * @param {string} day
 * @param {string} zone
 * @returns {{from: number, to: number} | null}
 */
export function partOn({ starts_at, ends_at }, day, zone) {
  const [start, end] = [wallOf(starts_at, zone), wallOf(ends_at, zone)];
  if (start.day > day || end.day < day) return null;
  const from = start.day < day ? 0 : minutesOf(start.time);
  const to = end.day > day ? DAY_MINUTES : minutesOf(end.time);
  // An hour that comes twice may end on the clock before it began.
  if (to <= from && start.day === end.day) return { from, to: from + ROW_MINUTES / 2 };
  return to > from ? { from, to } : null;
}

/** @param {string} time `14:30` */
export function minutesOf(time) {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/**
 * @param {number} minutes of a day, less than a whole one
 * @returns {string} `14:30`
 */
export function timeOf(minutes) {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
