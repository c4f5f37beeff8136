import { MUTATIONS } from './mutations.js';

/** @typedef {import('../types').View} View */

/**
 * Where a document of each kind goes; kinds that this version does not know are kept and not shown.
 * @type {Record<string, (view: View, body: any) => void>}
 */
const PLACES = {
  unit: (view, body) => { view.unit = body; },
  neighbours: (view, body) => { view.neighbours = body.units; },
  reasons: (view, body) => { view.reasons = body.reasons; },
  agent: (view, body) => view.agents.set(body.id, body),
  request: (view, body) => view.requests.set(body.id, { ...body, pending: [] }),
  duty: (view, body) => view.duty.set(body.agent_id, { ...body, pending: [] }),
  absence: (view, body) => view.absences.set(body.id, { ...body, pending: [], cancelled: false }),
  occurrence: (view, body) => view.occurrences.set(body.id, body),
  holidays: (view, body) => { view.holidays = body.days; },
  opening: (view, body) => view.openings.set(body.id, { ...body, pending: [] }),
  planning: (view, body) => view.plannings.set(body.id, body),
  appointment: (view, body) => view.appointments.set(body.id, { ...body, pending: [] }),
};

/** @returns {View} */
export function emptyView() {
  return {
    unit: null,
    requests: new Map(),
    agents: new Map(),
    duty: new Map(),
    absences: new Map(),
    openings: new Map(),
    occurrences: new Map(),
    holidays: [],
    appointments: new Map(),
    plannings: new Map(),
    neighbours: [],
    reasons: [],
  };
}

/**
 * What the screens show: the server's documents with the mutations that still wait applied on top, in their order.
 * Pure: the same arguments give the same view, and neither is changed.
 * @param {readonly import('../types').OutboxEntry[]} outbox in the order of `seq`
 * @param {readonly import('../types').Doc[]} base
 * @param {import('../types').Me['agent']} agent
 * @returns {View}
 */
export function fold(outbox, base, agent) {
  const view = emptyView();
  for (const { k, body } of base) PLACES[k.slice(0, k.indexOf('/'))]?.(view, body);
  // An outbox may hold the mutation of a newer version of this page, or of a part that is still to come.
  for (const entry of outbox) MUTATIONS[/** @type {keyof typeof MUTATIONS} */ (entry.op)]?.(view, entry, agent);
  return view;
}
