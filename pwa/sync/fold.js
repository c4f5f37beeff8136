import { MUTATIONS } from './mutations.js';

/**
 * @typedef {import('../types').Item} Item
 * @typedef {import('../types').View} View
 */

/**
 * What the screens show: the server's documents with the mutations that still wait applied on top, in their order.
 * Pure: the same arguments give the same view, and neither is changed.
 * @param {readonly import('../types').OutboxEntry[]} outbox in the order of `seq`
 * @param {readonly import('../types').Doc[]} base
 * @param {import('../types').Me['agent']} agent
 * @returns {View}
 */
export function fold(outbox, base, agent) {
  /** @type {View} */
  const view = { requests: new Map(), unit: null };
  for (const { k, body } of base) {
    if (k.startsWith('unit/')) view.unit = /** @type {import('../types').UnitDoc} */ (body);
    else if (k.startsWith('request/')) {
      const request = /** @type {import('../types').RequestDoc | import('../types').TransferredDoc} */ (body);
      view.requests.set(request.id, { ...request, pending: [] });
    }
  }
  for (const entry of outbox) {
    const before = view.requests.get(entry.args.request_id);
    // The request has left this terminal meanwhile: the server's answer will say what became of the mutation.
    if (before) view.requests.set(before.id, applied(before, entry, agent));
  }
  return view;
}

/**
 * @param {Item} before
 * @param {import('../types').OutboxEntry} entry
 * @param {import('../types').Me['agent']} agent
 * @returns {Item}
 */
function applied(before, entry, agent) {
  const mutation = MUTATIONS[entry.op];
  const pending = [...before.pending, entry.op];
  // An outbox may hold the mutation of a newer version of this page, or one on a request that is already handed over.
  if (!mutation || before.state === 'transferred') return { ...before, pending };
  const after = mutation.effect(before, entry, agent);
  if (after.state === 'transferred') return { ...after, pending };
  const event = {
    id: `waiting-${entry.seq}`,
    name: mutation.event,
    at: entry.at,
    by: agent.name,
    text: entry.args.text,
    outcome: entry.args.outcome,
    pending: true,
  };
  return { ...after, history: [...after.history, event], pending };
}
