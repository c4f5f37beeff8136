// How wrong PINs are slowed down. The count and the instant of the last one are kept, so that a restart shortens
// nothing; whoever sets the clock forward skips the waiting and still has ten tries in all.

/** So many wrong ones, and the documents go. */
export const TRIES = 10;

/** Seconds to wait after the nth wrong one in a row. */
const WAITS_S = [0, 0, 5, 15, 30, 60, 300, 900, 1800];

/**
 * How long until the next try, in milliseconds.
 * @param {number} fails wrong ones in a row
 * @param {string | null} failedAt the last of them, ISO 8601
 * @param {number} now milliseconds
 */
export function waitFor(fails, failedAt, now) {
  if (fails === 0 || failedAt === null) return 0;
  const wait = WAITS_S[Math.min(fails, WAITS_S.length) - 1] * 1000;
  // Never longer than the wait itself, also when the clock was set back.
  return Math.max(0, Math.min(wait, Date.parse(failedAt) + wait - now));
}

/**
 * What is wrong with a PIN that somebody chooses; null: nothing.
 * @param {string} pin
 * @returns {'pin_format' | 'pin_easy' | null} `pin_easy`: one digit repeated, or a run such as 1234 or 8765
 */
export function pinProblem(pin) {
  if (!/^\d{4,8}$/.test(pin)) return 'pin_format';
  const steps = new Set([...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10));
  return steps.size === 1 && [0, 1, 9].some((step) => steps.has(step)) ? 'pin_easy' : null;
}
