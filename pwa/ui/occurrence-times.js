// When an opening is on one of its days: the twin of models/rules/occurrences.py. What was agreed is the clock on the
// wall, so that its instant moves when the clocks change.

import { instantOf, wallOf } from './zone.js';

const MINUTE = 60_000;

/** @typedef {{starts_at: string, ends_at: string}} Times */

/**
 * The times that the rule itself gives for a day.
 * @param {Times} first of the first occurrence
 * @param {string} day
 * @param {string} zone
 * @returns {Times}
 */
export function timesOn({ starts_at, ends_at }, day, zone) {
  // These instants are known; reading them off the clock would lose the second of two equal hours.
  if (day === wallOf(starts_at, zone).day) return { starts_at, ends_at };
  const [start, lasts] = [wall(starts_at, zone), Date.parse(ends_at) - Date.parse(starts_at)];
  const onTheClock = wall(ends_at, zone) - start;
  // It began in the first of two equal hours and ended in the second.
  const length = onTheClock > 0 ? onTheClock : lasts;
  const local = Date.parse(`${day}T00:00:00Z`) + (start % (24 * 60 * MINUTE));
  const [from, to] = [instant(local, zone), instant(local + length, zone)];
  // From 2:30, which does not exist, to 3:00, which does: the opening keeps its length, later by what was skipped.
  return { starts_at: iso(from), ends_at: iso(to > from ? to : from + length) };
}

/**
 * What the clock and the calendar show, as if they were those of UTC.
 * @param {string} at
 * @param {string} zone
 */
function wall(at, zone) {
  const { day, time } = wallOf(at, zone);
  return Date.parse(`${day}T${time}:00Z`) + (Date.parse(at) % MINUTE);
}

/**
 * @param {number} local as `wall` gives it
 * @param {string} zone
 */
function instant(local, zone) {
  const [day, time] = iso(local).split('T');
  return Date.parse(instantOf(day, time.slice(0, 5), zone)) + (local % MINUTE);
}

/** @param {number} at */
function iso(at) {
  return new Date(at).toISOString();
}
