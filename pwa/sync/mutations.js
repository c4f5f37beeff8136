// The named mutations and what each does to a request before the server has confirmed it.
// Its twin is server/services/mutations.py; a table test proves that the two lists are the same.
//
// None of these decides: where the server would refuse, the request stays as it is, and the refusal comes back as a
// conflict.

/**
 * @typedef {import('../types').RequestDoc} RequestDoc
 * @typedef {import('../types').TransferredDoc} TransferredDoc
 * @typedef {import('../types').OutboxEntry} OutboxEntry
 * @typedef {import('../types').Me['agent']} Agent
 * @typedef {(doc: RequestDoc, entry: OutboxEntry, agent: Agent) => RequestDoc | TransferredDoc} Effect
 */

/** @type {Effect} */
function accept(doc, { at }, agent) {
  if (doc.state !== 'waiting') return doc;
  return { ...doc, state: 'accepted', accepted_by: { id: agent.id, name: agent.name }, accepted_at: at };
}

/** @type {Effect} */
function release(doc, _entry, agent) {
  if (!mayAct(doc, agent)) return doc;
  return { ...doc, state: 'waiting', accepted_by: null, accepted_at: null };
}

/** @type {Effect} */
function transfer(doc, { args, at, hint }, agent) {
  if (doc.state !== 'waiting' && !mayAct(doc, agent)) return doc;
  const { id, reference, reason, discreet, created_at } = doc;
  const to_unit = { id: args.to_unit_id ?? 0, name: hint?.to_unit_name ?? null };
  return { id, reference, reason, discreet, created_at, to_unit, state: 'transferred', transferred_at: at };
}

/** @type {Effect} */
function close(doc, { args, at }, agent) {
  if (!mayAct(doc, agent) || !args.outcome) return doc;
  return { ...doc, state: 'done', outcome: args.outcome, ended_at: at };
}

/** @type {Effect} */
function note(doc) {
  return doc;
}

/**
 * Whether `agent` may act on an accepted request: its owner, or the unit's chief.
 * @param {RequestDoc} doc
 * @param {Agent} agent
 */
export function mayAct(doc, agent) {
  return doc.state === 'accepted' && (doc.accepted_by?.id === agent.id || agent.roles.includes('chief'));
}

/** @type {Record<import('../types').Op, {effect: Effect, event: string}>} */
export const MUTATIONS = {
  'request.accept': { effect: accept, event: 'request_accepted' },
  'request.release': { effect: release, event: 'request_released' },
  'request.transfer': { effect: transfer, event: 'request_transferred' },
  'request.note': { effect: note, event: 'request_noted' },
  'request.close': { effect: close, event: 'request_closed' },
};
