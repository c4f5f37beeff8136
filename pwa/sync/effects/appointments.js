// Who receives a citizen, and what becomes of an appointment; the twins of models/rules/appointments.py and receivers.py.

import { isChief, personOf } from './people.js';

/**
 * @typedef {import('../mutations.js').Agent} Agent
 * @typedef {import('../mutations.js').Effect} Effect
 * @typedef {import('../../types').View} View
 * @typedef {import('../../types').OutboxEntry} OutboxEntry
 * @typedef {import('../../types').AppointmentItem} Item
 * @typedef {import('../../types').Person} Person
 */

const QUARTER = 15 * 60_000;

/** @param {Item} item */
export function isBooked({ state }) {
  return state === 'requested' || state === 'confirmed';
}

/**
 * @param {{agents: readonly Person[]}} item
 * @param {number} agentId
 */
export function receives({ agents }, agentId) {
  return agents.some(({ id }) => id === agentId);
}

/**
 * What somebody receives at the same time, or their absence then; the server would refuse.
 * @param {View} view
 * @param {number} agentId
 * @param {{id: string, starts_at: string, ends_at: string, free_at: string}} item
 * @returns {{starts_at: string, ends_at: string} | undefined}
 */
export function inTheWay(view, agentId, item) {
  // Who was said to have come is still there.
  return [...view.appointments.values()].find((one) => one.id !== item.id && (isBooked(one) || one.state === 'honoured') && receives(one, agentId)
    && meets(one.starts_at, one.free_at, item.starts_at, item.free_at))
    ?? [...view.absences.values()].find((one) => one.agent.id === agentId && !one.cancelled && meets(one.starts_at, one.ends_at, item.starts_at, item.ends_at));
}

/** @param {string} starts @param {string} ends @param {string} from @param {string} until */
function meets(starts, ends, from, until) {
  return Date.parse(starts) < Date.parse(until) && Date.parse(ends) > Date.parse(from);
}

/**
 * @param {(item: Item, entry: OutboxEntry, agent: Agent, view: View) => Partial<Item> | false} change nothing, where the
 *   server would refuse
 * @returns {Effect}
 */
export function on(change) {
  return (view, entry, agent) => {
    const before = view.appointments.get(entry.args.appointment_id ?? '');
    if (before) view.appointments.set(before.id, { ...before, ...change(before, entry, agent, view), pending: [...before.pending, entry.op] });
  };
}

const take = on((item, _entry, agent, view) => isBooked(item) && !receives(item, agent.id)
  && item.agents.length < item.agents_needed && !inTheWay(view, agent.id, item) && withAgents(item, [...item.agents, personOf(agent)]));

const leave = on((item, _entry, agent) => isBooked(item) && withAgents(item, without(item, agent.id)));

const assign = on((item, { args: { agents = [] } }, agent, view) => {
  const people = agents.map((id) => view.agents.get(id)).filter((one) => one !== undefined);
  return isChief(agent) && isBooked(item) && people.length === agents.length && people.length <= item.agents_needed
    && withAgents(item, people.map(personOf));
});

const approve = on((item, { at }, agent) => isChief(agent) && item.state === 'requested' && { state: 'confirmed', ...decided(agent, at) });

// Whoever asked for it themselves says the word.
const cancel = on((item, { args: { for_citizen, word = null }, at }, agent) => (for_citizen || isChief(agent)) && isBooked(item)
  && { state: 'cancelled', ...decided(agent, at), ended_at: at, ...(for_citizen ? { ended_by: 'citizen', citizen_word: word } : { ended_by: 'unit', word }) });

const outcome = on((item, { args, at }, agent) => maySayOutcome(item, Date.parse(at), args.outcome)
  && { state: /** @type {Item['state']} */ (args.outcome), ...decided(agent, at), ended_by: 'unit', ended_at: item.ended_at ?? at });

/**
 * Whether somebody of the unit may say, or correct, whether the citizen came; that they did not, from the beginning on.
 * @param {Item} item
 * @param {number} now milliseconds
 * @param {string} [outcome]
 */
export function maySayOutcome({ state, starts_at, ended_at, ended_by }, now, outcome) {
  return now >= Date.parse(starts_at) - (outcome === 'no_show' ? 0 : QUARTER)
    && (state === 'confirmed' || (/honoured|no_show/.test(state) && ended_by === 'unit' && now - Date.parse(ended_at ?? '') <= 96 * QUARTER));
}

/** @type {Effect} */
function swap(view, { op, args }, agent) {
  const [one, other] = [args.appointment_id, args.other_appointment_id].map((id) => view.appointments.get(id ?? ''));
  if (!one || !other) return;
  const [giving, taking] = exchangeOf(one, other, agent) ?? [];
  const put = (/** @type {Item} */ item, /** @type {Person | undefined} */ out, /** @type {Person | undefined} */ comes) =>
    view.appointments.set(item.id, { ...item, ...(out && comes && withAgents(item, [...without(item, out.id), comes])), pending: [...item.pending, op] });
  put(one, giving, taking);
  put(other, taking, giving);
}

/**
 * Who would go from the first to the second, and who would come back; null where they cannot exchange.
 * @param {Item} one
 * @param {Item} other
 * @param {Agent} agent
 * @returns {[Person, Person] | null}
 */
export function exchangeOf(one, other, agent) {
  if (!isBooked(one) || !isBooked(other)) return null;
  const [giving, taking] = [[one, other], [other, one]].map(([here, there]) => {
    const only = here.agents.filter(({ id }) => !receives(there, id));
    return only.find(({ id }) => id === agent.id) ?? (only.length === 1 ? only[0] : undefined);
  });
  return giving && taking && (isChief(agent) || [giving, taking].some(({ id }) => id === agent.id)) ? [giving, taking] : null;
}

/** @param {Item} item @param {number} agentId */
export function without({ agents }, agentId) {
  return agents.filter(({ id }) => id !== agentId);
}

/**
 * What somebody who is away gives up: all that has not really begun.
 * @param {View} view
 * @param {number} agentId
 * @param {{starts_at: string, ends_at: string}} away
 * @param {string} at when they said so
 * @returns {Item[]} the earliest first
 */
export function releasedBy(view, agentId, away, at) {
  return [...view.appointments.values()].filter((item) => isBooked(item) && receives(item, agentId)
    && Date.parse(item.starts_at) + QUARTER > Date.parse(at)
    && meets(item.starts_at, item.ends_at, away.starts_at, away.ends_at))
    .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
}

/**
 * @param {View} view
 * @param {number} agentId
 * @param {{starts_at: string, ends_at: string}} away
 * @param {OutboxEntry} entry
 */
export function release(view, agentId, away, { op, at }) {
  for (const item of releasedBy(view, agentId, away, at)) {
    view.appointments.set(item.id, { ...item, agents: without(item, agentId), released_at: at, pending: [...item.pending, op] });
  }
}

/** @param {Item} item @param {Person[]} agents @returns {Partial<Item>} */
export function withAgents(item, agents) {
  return { agents, released_at: agents.length < item.agents_needed ? item.released_at : null };
}

/** @param {Agent} agent @param {string} at */
function decided(agent, at) {
  return { decided_by: personOf(agent), decided_at: at };
}

export const appointmentEffects = {
  'appointment.take': take,
  'appointment.leave': leave,
  'appointment.swap': swap,
  'appointment.assign': assign,
  'appointment.outcome': outcome,
  'appointment.approve': approve,
  // Which other times are held for the citizen, the server says.
  'appointment.propose': cancel,
  'appointment.cancel': cancel,
};
