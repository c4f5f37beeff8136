// What each mutation on a contact request shows before the server has confirmed it.

/**
 * @typedef {import('../../types').RequestDoc} RequestDoc
 * @typedef {import('../../types').TransferredDoc} TransferredDoc
 * @typedef {import('../../types').OutboxEntry} OutboxEntry
 * @typedef {import('../mutations.js').Agent} Agent
 * @typedef {(doc: RequestDoc, entry: OutboxEntry, agent: Agent) => RequestDoc | TransferredDoc} Change
 */

/** @type {Change} */
function accept(doc, { at }, agent) {
  if (doc.state !== 'waiting') return doc;
  return { ...doc, state: 'accepted', accepted_by: { id: agent.id, name: agent.name }, accepted_at: at };
}

/** @type {Change} */
function release(doc, _entry, agent) {
  if (!mayAct(doc, agent)) return doc;
  return { ...doc, state: 'waiting', accepted_by: null, accepted_at: null };
}

/** @type {Change} */
function transfer(doc, { args, at, hint }, agent) {
  if (doc.state !== 'waiting' && !mayAct(doc, agent)) return doc;
  const { id, reference, reason, discreet, created_at } = doc;
  const to_unit = { id: args.to_unit_id ?? 0, name: hint?.to_unit_name ?? null };
  return { id, reference, reason, discreet, created_at, to_unit, state: 'transferred', transferred_at: at };
}

/** @type {Change} */
function close(doc, { args, at }, agent) {
  if (!mayAct(doc, agent) || !args.outcome) return doc;
  return { ...doc, state: 'done', outcome: outcomeOf(args), ended_at: at };
}

/** @type {Change} */
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

/**
 * A request's outcome; appointments have others under the same name.
 * @param {import('../../types').Args} args
 */
function outcomeOf({ outcome }) {
  return /** @type {import('../../types').Outcome} */ (outcome);
}

/**
 * @param {Change} change
 * @param {string} name of the event in the request's history
 * @returns {import('../mutations.js').Effect}
 */
function on(change, name) {
  return (view, entry, agent) => {
    const before = view.requests.get(entry.args.request_id ?? '');
    // The request has left this terminal meanwhile: the server's answer will say what became of the mutation.
    if (!before) return;
    const pending = [...before.pending, entry.op];
    const after = before.state === 'transferred' ? before : change(before, entry, agent);
    if (after.state === 'transferred') {
      view.requests.set(before.id, { ...after, pending });
      return;
    }
    const { seq, at, args } = entry;
    const event = { id: `waiting-${seq}`, name, at, by: agent.name, text: args.text, outcome: outcomeOf(args), pending: true };
    view.requests.set(before.id, { ...after, history: [...after.history, event], pending });
  };
}

export const requestEffects = {
  'request.accept': on(accept, 'request_accepted'),
  'request.release': on(release, 'request_released'),
  'request.transfer': on(transfer, 'request_transferred'),
  'request.note': on(note, 'request_noted'),
  'request.close': on(close, 'request_closed'),
  // Shows nothing: it is for whoever waits for somebody to look.
  'request.seen': () => {},
};
