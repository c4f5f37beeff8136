// What may happen to an opening; the states are those of models/rules/openings.py.

import { isChief, personOf } from './people.js';

/**
 * @typedef {import('../mutations.js').Effect} Effect
 * @typedef {import('../mutations.js').Agent} Agent
 * @typedef {import('../../types').OpeningDoc} OpeningDoc
 */

/** @type {Effect} */
export function proposeOpening(view, { op, args, at }, agent) {
  const { opening_id: id, starts_at, ends_at } = args;
  if (!id || !starts_at || !ends_at) return;
  const before = view.openings.get(id);
  view.openings.set(id, before ? { ...before, pending: [...before.pending, op] } : {
    ...said(view, args, agent),
    id,
    state: 'proposed',
    changes: [],
    proposed_by: personOf(agent),
    proposed_at: at,
    amended_by: null,
    decided_by: null,
    decided_at: null,
    word: null,
    pending: [op],
  });
}

/** @type {Effect} */
export function amendOpening(view, { op, args }, agent) {
  const before = view.openings.get(args.opening_id ?? '');
  if (!before) return;
  const may = isChief(agent) && before.state === 'proposed';
  view.openings.set(before.id, { ...before, ...(may && { ...said(view, args, agent), amended_by: personOf(agent) }), pending: [...before.pending, op] });
}

/**
 * What a proposal says. When its last occurrence ends is the server's to find out.
 * @param {import('../../types').View} view
 * @param {import('../../types').Args} args
 * @param {Agent} agent
 */
function said(view, args, agent) {
  const named = args.agent_id === agent.id ? agent : view.agents.get(args.agent_id ?? 0);
  return {
    starts_at: args.starts_at ?? '',
    ends_at: args.ends_at ?? '',
    recurrence: args.recurrence ?? null,
    last_ends_at: null,
    holiday_rule: args.holiday_rule ?? 'closed',
    counters: args.counters ?? 1,
    agent: named ? personOf(named) : null,
    reasons: args.reasons ?? [],
    place: { kind: args.place_kind ?? 'unit', name: args.place_name || null },
  };
}

/**
 * One occurrence gets other times, or (without any) is dropped; the others stay as they are.
 * @type {Effect}
 */
export function changeOccurrence(view, { op, args: { opening_id, day, starts_at = null, ends_at = null } }, agent) {
  const before = view.openings.get(opening_id ?? '');
  if (!before || !day) return;
  const pending = [...before.pending, op];
  if (!mayWithdraw(before, agent)) {
    view.openings.set(before.id, { ...before, pending });
    return;
  }
  const changes = [...(before.changes ?? []).filter((one) => one.day !== day), { day, starts_at, ends_at }];
  view.openings.set(before.id, { ...before, changes, pending });
  for (const one of view.occurrences.values()) {
    if (one.opening_id !== before.id || one.day !== day) continue;
    view.occurrences.set(one.id, starts_at && ends_at
      ? { ...one, starts_at, ends_at, closed_because: one.closed_because === 'dropped' ? null : one.closed_because }
      : { ...one, closed_because: 'dropped', counters: [] });
  }
}

/** @type {Effect} */
export function setHoliday(view, { args: { day, name, ordinary } }, agent) {
  // What the calendar itself says is the server's to know.
  if (!day || !isChief(agent) || (!name && !ordinary)) return;
  view.holidays = view.holidays.filter((one) => one.day !== day);
  if (name) view.holidays.push({ day, name });
}

/**
 * When the last occurrence is over, in milliseconds; what has no end is never over.
 * @param {OpeningDoc} opening
 */
export function overAt({ recurrence, ends_at, last_ends_at }) {
  return recurrence && !last_ends_at ? Infinity : Date.parse(last_ends_at ?? ends_at);
}

/**
 * @param {import('../../types').OpeningState} state
 * @param {(opening: OpeningDoc, agent: Agent, at: string) => boolean} allowed
 * @returns {Effect}
 */
function decide(state, allowed) {
  return (view, { op, args, at }, agent) => {
    const before = view.openings.get(args.opening_id ?? '');
    if (!before) return;
    const pending = [...before.pending, op];
    const decision = { state, decided_by: personOf(agent), decided_at: at, word: args.word || null };
    view.openings.set(before.id, allowed(before, agent, at) ? { ...before, ...decision, pending } : { ...before, pending });
  };
}

export const approveOpening = decide('approved', (opening, agent, at) =>
  isChief(agent) && opening.state === 'proposed' && overAt(opening) > Date.parse(at));

export const refuseOpening = decide('refused', (opening, agent) => isChief(agent) && opening.state === 'proposed');

export const withdrawOpening = decide('withdrawn', mayWithdraw);

/**
 * Whether `agent` may withdraw an opening: who proposed it before a decision, the chief also afterwards.
 * @param {OpeningDoc} opening
 * @param {Agent} agent
 */
export function mayWithdraw({ state, proposed_by }, agent) {
  if (isChief(agent)) return state === 'proposed' || state === 'approved';
  return state === 'proposed' && proposed_by.id === agent.id;
}
