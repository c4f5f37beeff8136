// What somebody has to decide about an appointment that is to come.

import { isBooked, receives } from '../../sync/effects/appointments.js';

/**
 * @typedef {import('../../types').AppointmentItem} Item
 * @typedef {import('../../types').Clash} Clash
 * @typedef {import('../../types').AgendaFinding} Finding
 */

const QUARTER = 15 * 60_000;

/**
 * Whether the chief has to approve it, or to name somebody: from 45 minutes before, when nobody came forward.
 * @param {Item} item
 * @param {number} now milliseconds
 */
export function waitsForChief({ state, agents, agents_needed, starts_at, ends_at }, now) {
  if (now >= Date.parse(ends_at)) return false;
  if (state === 'requested') return true;
  return state === 'confirmed' && agents.length < agents_needed && Date.parse(starts_at) - 3 * QUARTER <= now;
}

/**
 * What the planning says against an appointment that is to come. It is over as soon as whoever is not there does not
 * receive any more; where nobody was left, as soon as enough are named.
 * @param {Item} item
 * @param {number} now milliseconds
 * @returns {Clash[]}
 */
export function openClashes(item, now) {
  return standingClashes(item, now).filter(({ kept_by }) => !kept_by);
}

/**
 * The same, with those of which the chief has said that it is kept all the same.
 * @param {Item} item
 * @param {number} now milliseconds
 * @returns {Clash[]}
 */
export function standingClashes(item, now) {
  if (!isBooked(item) || Date.parse(item.starts_at) <= now) return [];
  return (item.clashes ?? []).filter(({ agent }) => (agent ? receives(item, agent.id) : item.agents.length < item.agents_needed));
}

/**
 * What those who receive did in their own agendas, and have not been asked about: the latest of each.
 * @param {Item} item
 * @param {number} now milliseconds
 * @returns {Finding[]}
 */
export function openFindings(item, now) {
  if (!isBooked(item) || Date.parse(item.ends_at) <= now) return [];
  const latest = new Map();
  for (const one of [...(item.agenda ?? [])].sort((first, second) => Date.parse(first.found_at) - Date.parse(second.found_at))) {
    if (receives(item, one.agent.id)) latest.set(one.agent.id, one);
  }
  return [...latest.values()];
}

/**
 * @param {Item} item
 * @param {number} agentId
 * @param {number} now milliseconds
 * @returns {Finding | undefined}
 */
export function questionTo(item, agentId, now) {
  return openFindings(item, now).find(({ agent }) => agent.id === agentId);
}
