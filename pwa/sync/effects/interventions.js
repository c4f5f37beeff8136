import { release } from './appointments.js';
import { setDuty } from './duty.js';
import { personOf } from './people.js';

/** @typedef {import('../mutations.js').Effect} Effect */

/**
 * One tap shows all of it at once: the position, the absence, and what colleagues may take.
 * @type {Effect}
 */
export function startIntervention(view, entry, agent) {
  const { op, args: { absence_id: id, until }, at } = entry;
  if (!id || !until || view.absences.has(id) || Date.parse(until) <= Date.parse(at)) return;
  endIntervention(view, agent.id, at);
  setDuty(view, { ...entry, args: { status: 'on_intervention', until } }, agent);
  const away = { starts_at: at, ends_at: until };
  view.absences.set(id, {
    id, agent: personOf(agent), ...away, word: null, source: 'own', intervention: true, declared_at: at, declared_by: personOf(agent), pending: [op], cancelled: false,
  });
  release(view, agent.id, away, entry);
}

/**
 * Whoever is back, or says another end, is not away by what was said before.
 * @param {import('../../types').View} view
 * @param {number} agentId
 * @param {string} at
 */
export function endIntervention(view, agentId, at) {
  for (const one of view.absences.values()) {
    if (one.agent.id !== agentId || !one.intervention || Date.parse(one.ends_at) <= Date.parse(at)) continue;
    const begun = Date.parse(one.starts_at) < Date.parse(at);
    view.absences.set(one.id, begun ? { ...one, ends_at: at } : { ...one, cancelled: true });
  }
}
