// How many citizens still fit: the approved time that no appointment and no absence takes. Computed from what the
// terminal holds, so that the chief has the number without network; what a citizen may book is the server's word.

const MINUTE = 60_000;
const ROUNDED_TO = 5 * MINUTE;
/** The states in which an appointment occupies its counter and its gendarmes. */
const ACTIVE = new Set(['held', 'requested', 'confirmed']);

/**
 * @typedef {import('../types').OccurrenceDoc} OccurrenceDoc
 * @typedef {import('../types').AppointmentDoc} AppointmentDoc
 * @typedef {{from: number, to: number}} Span milliseconds; the end does not belong to it
 * @typedef {Span & {reasons: readonly string[], place: import('../types').PlaceKind}} Gap a stretch of one counter's free time, the reasons that
 *   it serves, and where
 */

/** @param {{state: import('../types').AppointmentState}} appointment */
export function isActive({ state }) {
  return ACTIVE.has(state);
}

/**
 * The free time of every counter of the occurrences, from `now` on.
 * @param {object} held
 * @param {Iterable<OccurrenceDoc>} held.occurrences closed ones have none
 * @param {Iterable<AppointmentDoc>} held.appointments only those that take place occupy anything
 * @param {Iterable<import('../types').AbsenceDoc & {cancelled?: boolean}>} held.absences of the agents whom an occurrence names; nobody
 *   else's absence closes a counter, since who receives there is said later
 * @param {number} now milliseconds
 * @returns {Gap[]}
 */
export function gapsOf({ occurrences, appointments, absences }, now) {
  const active = [...appointments].filter(isActive);
  const away = [...absences].filter(({ cancelled }) => !cancelled);
  const earliest = Math.ceil(now / ROUNDED_TO) * ROUNDED_TO;
  /** @type {Gap[]} */
  const gaps = [];
  for (const { starts_at, ends_at, closed_because, counters, agent, reasons, place } of occurrences) {
    if (closed_because) continue;
    for (const { id } of counters) {
      const busy = active
        .filter((one) => one.counter.id === id || (agent && one.agents.some((person) => person.id === agent.id)))
        .map((one) => spanOf(one.starts_at, one.free_at));
      if (agent) busy.push(...away.filter((one) => one.agent.id === agent.id).map((one) => spanOf(one.starts_at, one.ends_at)));
      for (const { from, to } of without(spanOf(starts_at, ends_at), busy)) {
        const start = Math.max(from, earliest);
        if (start < to) gaps.push({ from: start, to, reasons, place: place.kind });
      }
    }
  }
  return gaps;
}

/**
 * How many appointments for a reason fit into the gaps, one after the other: where it can be received, and late enough to
 * be booked. What older versions held says neither.
 * @param {readonly Gap[]} gaps
 * @param {{code: string, duration: number, buffer: number, notice?: number, place_kinds?: readonly string[]}} reason minutes
 * @param {number} now milliseconds
 */
export function slotsIn(gaps, { code, duration, buffer, notice = 0, place_kinds }, now) {
  const each = (duration + buffer) * MINUTE;
  const earliest = Math.ceil((now + notice * MINUTE) / ROUNDED_TO) * ROUNDED_TO;
  let count = 0;
  for (const { from, to, reasons, place } of gaps) {
    if (place_kinds && !place_kinds.includes(place)) continue;
    if (reasons.length === 0 || reasons.includes(code)) count += Math.max(0, Math.floor((to - Math.max(from, earliest)) / each));
  }
  return count;
}

/**
 * What is left of a span when others are taken out of it.
 * @param {Span} whole
 * @param {Span[]} taken in any order, overlapping or not
 * @returns {Span[]}
 */
export function without(whole, taken) {
  /** @type {Span[]} */
  const left = [];
  let { from } = whole;
  for (const one of [...taken].sort((a, b) => a.from - b.from)) {
    if (one.to <= from) continue;
    if (one.from >= whole.to) break;
    if (one.from > from) left.push({ from, to: one.from });
    from = one.to;
  }
  if (from < whole.to) left.push({ from, to: whole.to });
  return left;
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {Span}
 */
function spanOf(from, to) {
  return { from: Date.parse(from), to: Date.parse(to) };
}
