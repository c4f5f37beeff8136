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
  if (before) {
    view.openings.set(id, { ...before, pending: [...before.pending, op] });
    return;
  }
  const named = args.agent_id === agent.id ? agent : view.agents.get(args.agent_id ?? 0);
  view.openings.set(id, {
    id,
    state: 'proposed',
    starts_at,
    ends_at,
    counters: args.counters ?? 1,
    agent: named ? personOf(named) : null,
    reasons: args.reasons ?? [],
    place: { kind: args.place_kind ?? 'unit', name: args.place_name || null },
    proposed_by: personOf(agent),
    proposed_at: at,
    decided_by: null,
    decided_at: null,
    word: null,
    pending: [op],
  });
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
  isChief(agent) && opening.state === 'proposed' && Date.parse(opening.ends_at) > Date.parse(at));

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
