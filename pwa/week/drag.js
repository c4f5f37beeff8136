// What a drag over the hours means. Pure: points of the grid in, hours out.

import { DAY_MINUTES, ROW_MINUTES, timeOf } from './days.js';

/** What is dragged lies on quarters of an hour. */
const SNAP = 15;
const LAST_MINUTE = DAY_MINUTES - 1;

/**
 * @typedef {{day: string, minute: number}} Point
 * @typedef {{day: string, from: number, to: number}} Hours minutes of the day
 */

/**
 * The hours from one point to another of the same day, whichever comes first; half an hour at least.
 * @param {Point} start
 * @param {Point} end whose day does not count
 * @returns {Hours}
 */
export function made({ day, minute }, end) {
  const [from, to] = [Math.min(minute, end.minute), Math.max(minute, end.minute)];
  const first = Math.floor(from / SNAP) * SNAP;
  return { day, from: first, to: Math.min(LAST_MINUTE, Math.max(first + ROW_MINUTES, Math.ceil(to / SNAP) * SNAP)) };
}

/**
 * The hours of something that is carried from one point to another, as long as before and inside the day.
 * @param {{from: number, to: number}} hours
 * @param {Point} start
 * @param {Point} end
 * @returns {Hours}
 */
export function carried({ from, to }, start, end) {
  const by = Math.round((end.minute - start.minute) / SNAP) * SNAP;
  const length = to - from;
  const first = Math.min(Math.max(0, from + by), DAY_MINUTES - length);
  return { day: end.day, from: first, to: Math.min(LAST_MINUTE, first + length) };
}

/**
 * @param {Hours} hours
 * @returns {[string, string]}
 */
export function timesOf({ from, to }) {
  return [timeOf(from), timeOf(to)];
}
