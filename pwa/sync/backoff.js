const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * How long to wait before the next attempt: doubling, at most a minute, with jitter so that a brigade's terminals do
 * not come back all at once.
 * @param {number} failures in a row, from 1
 * @param {number} random from 0 to 1
 */
export function backoff(failures, random) {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (0.5 + random / 2);
}
