// Which service position holds; the twin of models/rules/duty.py, and the same cases prove both.

/** @typedef {import('../types').Stretch} Stretch */

/**
 * The stretch that holds at `now`, or null when nothing is known of the agent.
 *
 * The one that began last holds. Of two that began at the same instant, the agent's own word comes before the
 * planning, and the shorter one was the later word: a longer one would have replaced it.
 * @param {readonly Stretch[]} stretches
 * @param {number} now milliseconds
 * @returns {Stretch | null}
 */
export function current(stretches, now) {
  /** @type {Stretch | null} */
  let held = null;
  for (const stretch of stretches) {
    if (Date.parse(stretch.since) <= now && now < endOf(stretch) && (!held || precedes(stretch, held))) held = stretch;
  }
  return held;
}

/**
 * The stretch that holds on this terminal, whose clock may be a little behind the server's: what somebody has said of
 * themself has begun, whatever the clock here shows.
 * @param {readonly Stretch[]} stretches
 * @param {number} now milliseconds, by this terminal's clock
 */
export function currentHere(stretches, now) {
  return current(stretches, hereAndNow(stretches, now));
}

/**
 * @param {readonly Stretch[]} stretches
 * @param {number} now milliseconds
 */
export function hereAndNow(stretches, now) {
  return Math.max(now, ...stretches.filter(({ source }) => source === 'own').map(({ since }) => Date.parse(since)));
}

/**
 * The stretches after `said` has been said. Gone are those that could not hold again even without it, and the position
 * in force when it is said anew with another end; what held before stays, so that such a correction brings it back.
 * @param {Stretch[]} stretches
 * @param {Stretch} said an own one, that begins now
 * @returns {Stretch[]} the same array when nothing changes
 */
export function setOwn(stretches, said) {
  const now = Date.parse(said.since);
  if (endOf(said) <= now) return stretches;
  const held = current(stretches, now);
  const corrected = held?.source === 'own' && held.status === said.status ? held : null;
  if (corrected && endOf(corrected) === endOf(said)) return stretches;
  const others = stretches.filter((one) => one !== corrected);
  return [said, ...others.filter((one) => one.source !== 'own' || !(
    (Date.parse(one.since) === now && endOf(said) >= endOf(one)) || others.some((other) => covers(other, one))))];
}

/**
 * Whether an own stretch keeps an earlier one from ever holding again.
 * @param {Stretch} later
 * @param {Stretch} earlier
 */
function covers(later, earlier) {
  return later.source === 'own' && Date.parse(later.since) > Date.parse(earlier.since) && endOf(later) >= endOf(earlier);
}

/**
 * When a stretch is over: never, until further notice.
 * @param {Stretch} stretch
 */
export function endOf({ until }) {
  return until === null ? Infinity : Date.parse(until);
}

/**
 * @param {Stretch} one
 * @param {Stretch} other
 */
function precedes(one, other) {
  const [since, earlier] = [Date.parse(one.since), Date.parse(other.since)];
  if (since !== earlier) return since > earlier;
  if (one.source !== other.source) return one.source === 'own';
  return endOf(one) < endOf(other);
}
