// What lies on a day when the unit's time is drawn by counter: one lane for each counter, further ones for what has no
// counter yet.

import { isActive } from './free-slots.js';
import { partOn } from './days.js';
import { proposedOn } from './proposed.js';

/**
 * @typedef {import('../types').OccurrenceDoc} OccurrenceItem
 * @typedef {import('../types').AppointmentItem} AppointmentItem
 * @typedef {import('../types').OpeningItem} OpeningItem
 * @typedef {import('../types').AbsenceItem} AbsenceItem
 * @typedef {{from: number, to: number, lane: number}} Place minutes of the day, and which lane
 * @typedef {Place & ({kind: 'occurrence', item: OccurrenceItem} | {kind: 'appointment', item: AppointmentItem}
 *   | {kind: 'proposal', item: OpeningItem} | {kind: 'absence', item: AbsenceItem})} Block
 *
 * @typedef {object} Day
 * @property {string} day
 * @property {number[]} counters the numbers of the counters, a lane each
 * @property {number} lanes at least one
 * @property {Block[]} blocks in the order in which they are drawn: what opens, what closes, what is booked
 * @property {AbsenceItem[]} absences of anybody, on that day
 * @property {string | null} holiday its name, where it closes an occurrence
 */

/** The appointments that a week shows: what was cancelled or moved has left its place. */
const SHOWN = new Set(['held', 'requested', 'confirmed', 'honoured', 'no_show']);

/**
 * @param {import('../types').View} view
 * @param {string} day
 * @param {string} zone
 * @returns {Day}
 */
export function dayOf(view, day, zone) {
  const stored = lying(view.occurrences.values(), day, zone).filter(({ item }) => !item.closed_because || item.closed_because === 'holiday');
  const [occurrences, closed] = [stored.filter(({ item }) => item.counters.length), stored.filter(({ item }) => item.counters.length === 0)];
  const appointments = lying(view.appointments.values(), day, zone).filter(({ item }) => SHOWN.has(item.state));
  const absences = lying(view.absences.values(), day, zone).filter(({ item }) => !item.cancelled);
  const numbers = new Set([
    ...occurrences.flatMap(({ item }) => item.counters.map(({ number }) => number)),
    ...appointments.map(({ item }) => item.counter.number),
  ]);
  const counters = [...numbers].sort((one, other) => one - other);
  const laneOf = (/** @type {number} */ number) => counters.indexOf(number);
  // What is closed has lost its counters to others.
  const further = packed([
    ...closed.map((one) => ({ kind: /** @type {const} */ ('occurrence'), ...one })),
    ...proposed(view, day, zone).map((one) => ({ kind: /** @type {const} */ ('proposal'), ...one })),
  ].sort((one, other) => one.from - other.from), counters.length);
  /** @type {Block[]} */
  const blocks = [
    ...occurrences.flatMap(({ item, from, to }) => item.counters.map(({ number }) =>
      /** @type {Block} */ ({ kind: 'occurrence', item, from, to, lane: laneOf(number) }))),
    ...further.map((place) => /** @type {Block} */ (place)),
    ...occurrences.flatMap((occurrence) => absencesIn(occurrence, absences, laneOf)),
    ...appointments.map(({ item, from, to }) => /** @type {Block} */ ({ kind: 'appointment', item, from, to, lane: laneOf(item.counter.number) })),
  ];
  return {
    day,
    counters,
    lanes: Math.max(1, ...blocks.map(({ lane }) => lane + 1)),
    blocks,
    absences: absences.map(({ item }) => item),
    holiday: closed.find(({ item }) => item.closed_name)?.item.closed_name ?? null,
  };
}

/**
 * The openings that have no occurrence here: proposals, and what this terminal has just approved.
 * @param {import('../types').View} view
 * @returns {OpeningItem[]}
 */
function unstored(view) {
  const stored = new Set([...view.occurrences.values()].map(({ opening_id }) => opening_id));
  return [...view.openings.values()].filter(({ id, state, pending }) =>
    state === 'proposed' || (state === 'approved' && pending.length > 0 && !stored.has(id)));
}

/**
 * Those of them that lie on a day, by their recurrence.
 * @param {import('../types').View} view
 * @param {string} day
 * @param {string} zone
 * @returns {{item: OpeningItem, from: number, to: number}[]} the earliest first
 */
export function proposed(view, day, zone) {
  return unstored(view)
    .flatMap((item) => lying(proposedOn(item, day, zone), day, zone).map(({ from, to }) => ({ item, from, to })))
    .sort((one, other) => one.from - other.from || one.to - other.to);
}

/**
 * Where a named gendarme is away while the opening counts on them.
 * @param {{item: OccurrenceItem, from: number, to: number}} occurrence
 * @param {{item: AbsenceItem, from: number, to: number}[]} absences
 * @param {(number: number) => number} laneOf
 * @returns {Block[]}
 */
function absencesIn({ item: { agent, counters }, from, to }, absences, laneOf) {
  return absences
    .filter(({ item, from: start, to: end }) => item.agent.id === agent?.id && start < to && end > from)
    .flatMap(({ item, from: start, to: end }) => counters.map(({ number }) =>
      /** @type {Block} */ ({ kind: 'absence', item, from: Math.max(from, start), to: Math.min(to, end), lane: laneOf(number) })));
}

/**
 * @template {{starts_at: string, ends_at: string}} T
 * @param {Iterable<T>} items
 * @param {string} day
 * @param {string} zone
 * @returns {{item: T, from: number, to: number}[]}
 */
export function lying(items, day, zone) {
  const found = [];
  for (const item of items) {
    const part = partOn(item, day, zone);
    if (part) found.push({ item, ...part });
  }
  return found.sort((one, other) => one.from - other.from || one.to - other.to);
}

/**
 * Put what has no counter side by side, as few lanes as it takes.
 * @template {{from: number, to: number}} T
 * @param {T[]} items the earliest first
 * @param {number} first the first free lane
 * @returns {(T & {lane: number})[]}
 */
function packed(items, first) {
  /** @type {number[]} when each lane is free again */
  const free = [];
  return items.map((item) => {
    const at = free.findIndex((to) => to <= item.from);
    const lane = at < 0 ? free.length : at;
    free[lane] = item.to;
    return { ...item, lane: first + lane };
  });
}

/**
 * The hours that the grid shows: those of an office, and whatever lies outside of them.
 * @param {readonly Day[]} days
 * @returns {{from: number, to: number}} minutes, whole hours
 */
export function hoursOf(days) {
  const blocks = days.flatMap((day) => day.blocks);
  const [from, to] = [Math.min(8 * 60, ...blocks.map((block) => block.from)), Math.max(19 * 60, ...blocks.map((block) => block.to))];
  return { from: Math.floor(from / 60) * 60, to: Math.ceil(to / 60) * 60 };
}

/**
 * What is under a cell of the grid.
 * @param {Day} day
 * @param {number} from minutes of the day
 * @param {number} to
 * @returns {{appointments: AppointmentItem[], occurrences: OccurrenceItem[], proposals: OpeningItem[], free: number}} `free`: counters that
 *   are open and not taken for all of that time
 */
export function under({ blocks }, from, to) {
  const here = blocks.filter((block) => block.from < to && block.to > from);
  const of = (/** @type {Block['kind']} */ kind) => [...new Set(here.filter((block) => block.kind === kind).map(({ item }) => item))];
  const taken = new Set(here.filter((block) => block.kind === 'absence' || (block.kind === 'appointment' && isActive(block.item))).map(({ lane }) => lane));
  const open = new Set(here.filter((block) => block.kind === 'occurrence' && !block.item.closed_because).map(({ lane }) => lane));
  return {
    appointments: /** @type {AppointmentItem[]} */ (of('appointment')),
    occurrences: /** @type {OccurrenceItem[]} */ (of('occurrence')),
    proposals: /** @type {OpeningItem[]} */ (of('proposal')),
    free: [...open].filter((lane) => !taken.has(lane)).length,
  };
}
