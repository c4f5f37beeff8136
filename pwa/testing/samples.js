// What the unit tests of the browser code begin with.

import { emptyView } from '../sync/fold.js';

/**
 * @param {Partial<import('../types').Me['agent']>} [changes]
 * @returns {import('../types').Me['agent']}
 */
export function anAgent(changes) {
  return { id: 1, name: 'Sacha Martin', roles: ['gendarme'], ...changes };
}

/**
 * @param {Partial<import('../types').RequestDoc>} [changes]
 * @returns {import('../types').RequestDoc}
 */
export function aRequest(changes) {
  return {
    id: 'r1',
    reference: 'BN-7K4Q-29',
    state: 'waiting',
    reason: { code: 'complaint', fr: 'Porter plainte', en: 'Report a crime' },
    discreet: false,
    commune: { insee: '01034', name: 'Belley', departement: '01' },
    language: 'fr',
    caller_name: 'Camille Essai',
    phone: '+33639980012',
    email: null,
    channel: 'phone',
    call_window: 'asap',
    safe_time: null,
    may_leave_message: true,
    call_back_word: 'tilleul',
    facts: 'Un vol.',
    place: null,
    created_at: '2026-11-24T13:30:00+00:00',
    due_at: '2026-11-24T15:30:00+00:00',
    accepted_by: null,
    accepted_at: null,
    ended_at: null,
    outcome: null,
    history: [],
    told: [],
    ...changes,
  };
}

/**
 * @param {Partial<import('../types').AbsenceDoc>} [changes]
 * @returns {import('../types').AbsenceDoc}
 */
export function anAbsence(changes) {
  return {
    id: 'a1',
    agent: { id: 1, name: 'Sacha Martin' },
    starts_at: '2026-11-25T08:00:00+00:00',
    ends_at: '2026-11-25T11:00:00+00:00',
    word: 'Tribunal',
    source: 'own',
    declared_at: '2026-11-24T08:00:00+00:00',
    declared_by: { id: 1, name: 'Sacha Martin' },
    planning: null,
    ...changes,
  };
}

/**
 * @param {Partial<import('../types').OpeningDoc>} [changes]
 * @returns {import('../types').OpeningDoc}
 */
export function anOpening(changes) {
  return {
    id: 'o1',
    state: 'proposed',
    starts_at: '2026-11-26T13:00:00+00:00',
    ends_at: '2026-11-26T16:00:00+00:00',
    counters: 1,
    agent: { id: 1, name: 'Sacha Martin' },
    reasons: ['complaint'],
    place: { kind: 'unit', name: null },
    proposed_by: { id: 1, name: 'Sacha Martin' },
    proposed_at: '2026-11-24T08:00:00+00:00',
    decided_by: null,
    decided_at: null,
    word: null,
    ...changes,
  };
}

/**
 * @param {Partial<import('../types').OccurrenceDoc>} [changes]
 * @returns {import('../types').OccurrenceDoc}
 */
export function anOccurrence(changes) {
  return {
    id: 'oc1',
    opening_id: 'o1',
    day: '2026-11-26',
    starts_at: '2026-11-26T13:00:00+00:00',
    ends_at: '2026-11-26T16:00:00+00:00',
    closed_because: null,
    closed_name: null,
    counters: [{ id: 11, number: 1 }],
    agent: null,
    reasons: [],
    place: { kind: 'unit', name: null },
    ...changes,
  };
}

/**
 * @param {Partial<import('../types').AppointmentDoc>} [changes]
 * @returns {import('../types').AppointmentDoc}
 */
export function anAppointment(changes) {
  return {
    id: 'p1',
    reference: 'RV-7K4Q-29',
    state: 'confirmed',
    starts_at: '2026-11-24T15:00:00+00:00',
    ends_at: '2026-11-24T16:00:00+00:00',
    free_at: '2026-11-24T16:10:00+00:00',
    reason: 'complaint',
    discreet: false,
    language: 'fr',
    place: { kind: 'unit', name: null, address: null },
    counter: { id: 1, number: 1 },
    occurrence_id: null,
    agents: [],
    agents_needed: 1,
    needs_approval: false,
    to_confirm_because: null,
    clashes: [],
    agenda: [],
    citizen: { name: 'Camille Essai', phone: '+33639980012', may_leave_message: true, facts: null },
    reached_by: 'email',
    offer: null,
    held_until: null,
    released_at: null,
    word: null,
    citizen_word: null,
    decided_by: null,
    decided_at: null,
    ended_at: null,
    ended_by: null,
    told: [],
    ...changes,
  };
}

/**
 * @param {Partial<import('../types').PlanningDoc>} [changes]
 * @returns {import('../types').PlanningDoc}
 */
export function aPlanning(changes) {
  return { id: 's1', kind: 'ical', name: 'Agenda de Sacha', agent: { id: 1, name: 'Sacha Martin' }, state: 'fresh', since: '2026-11-24T08:00:00+00:00', silent_since: null, failure: null, ...changes };
}

/**
 * @param {Partial<import('../types').Clash>} [changes]
 * @returns {import('../types').Clash}
 */
export function aClash(changes) {
  return {
    id: 'c1',
    agent: { id: 1, name: 'Sacha Martin' },
    raised_at: '2026-11-24T13:00:00+00:00',
    kept_by: null,
    proposals: { agents: [{ id: 2, name: 'Lou Petit' }], starts: ['2026-11-25T09:00:00+00:00'] },
    ...changes,
  };
}

/**
 * A document of any kind, under the key that the server gives it.
 * @param {string} kind
 * @param {any} body
 * @returns {import('../types').Doc}
 */
export function docOfKind(kind, body) {
  return { k: `${kind}/${body.id ?? body.agent_id}`, v: 1, body };
}

/**
 * @param {import('../types').RequestDoc | import('../types').TransferredDoc} body
 * @returns {import('../types').Doc}
 */
export function docOf(body) {
  return { k: `request/${body.id}`, v: 1, body };
}

/**
 * @param {number} seq
 * @param {import('../types').Op} op
 * @param {Partial<import('../types').Args>} [args]
 * @returns {import('../types').OutboxEntry}
 */
export function entryOf(seq, op, args) {
  return { seq, op, args: { ...(op.startsWith('request.') ? { request_id: 'r1' } : {}), ...args }, at: '2026-11-24T14:00:00.000Z' };
}

/**
 * @param {...(import('../types').RequestDoc | import('../types').TransferredDoc)} requests
 * @returns {import('../types').View}
 */
export function viewWith(...requests) {
  return { ...emptyView(), requests: new Map(requests.map((request) => [request.id, { ...request, pending: [] }])) };
}
