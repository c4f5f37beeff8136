import { release } from './appointments.js';
import { isChief, maySpeakFor, personOf } from './people.js';

/** @typedef {import('../mutations.js').Effect} Effect */

/**
 * An absence shows at once, and what it releases. One that overlaps another own one shows too: the server decides, and says which other.
 * @type {Effect}
 */
export function declareAbsence(view, entry, agent) {
  const { op, args, at } = entry;
  const { absence_id: id, starts_at, ends_at } = args;
  if (!id || !starts_at || !ends_at) return;
  const before = view.absences.get(id);
  if (before) {
    view.absences.set(id, { ...before, pending: [...before.pending, op] });
    return;
  }
  const about = args.agent_id ?? agent.id;
  if (!maySpeakFor(view, agent, about)) return;
  view.absences.set(id, {
    id,
    agent: personOf(view.agents.get(about) ?? agent),
    starts_at,
    ends_at,
    word: args.word || null,
    source: 'own',
    declared_at: at,
    declared_by: personOf(agent),
    pending: [op],
    cancelled: false,
  });
  release(view, about, { starts_at, ends_at }, entry);
}

/**
 * A cancelled absence stays in sight, marked, until the server has confirmed it.
 * @type {Effect}
 */
export function cancelAbsence(view, { op, args }, agent) {
  const before = view.absences.get(args.absence_id ?? '');
  if (!before) return;
  const may = before.source === 'own' && (before.agent.id === agent.id || isChief(agent));
  view.absences.set(before.id, { ...before, cancelled: before.cancelled || may, pending: [...before.pending, op] });
}
