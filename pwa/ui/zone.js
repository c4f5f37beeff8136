// Days and hours in the unit's zone, as people type them, and the instants that they are.

const DAY_MS = 24 * 3_600_000;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone */
function formatOf(zone) {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  });
  formats.set(zone, made);
  return made;
}

/**
 * How far a zone's clock is ahead of UTC at an instant, in milliseconds.
 * @param {number} at
 * @param {string} zone
 */
function offset(at, zone) {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(at / 1000) * 1000;
}

/**
 * The instant of a day and an hour in a zone. An hour that comes twice, in the October night, is the first of the two;
 * one that does not come, in the March night, is read with the clock of before, as the server's own calendar does.
 * @param {string} day `2026-11-24`
 * @param {string} time `14:30`
 * @param {string} zone IANA
 * @returns {string} ISO 8601 in UTC
 */
export function instantOf(day, time, zone) {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const before = offset(wall - DAY_MS, zone);
  const found = [before, offset(wall + DAY_MS, zone)].find((ahead) => offset(wall - ahead, zone) === ahead);
  return new Date(wall - (found ?? before)).toISOString();
}

/**
 * What a clock and a calendar in the zone show at an instant.
 * @param {string | number} at ISO 8601, or milliseconds
 * @param {string} zone
 * @returns {{day: string, time: string}}
 */
export function wallOf(at, zone) {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  const [day, time] = new Date(ms + offset(ms, zone)).toISOString().split('T');
  return { day, time: time.slice(0, 5) };
}

/**
 * @param {string} day
 * @param {number} count
 */
export function addDays(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}
