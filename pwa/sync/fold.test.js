import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anAbsence, anAgent, anOpening, aPlanning, aRequest, docOf, docOfKind, entryOf } from '../testing/samples.js';
import { fold } from './fold.js';
import './later-mutations.js';
import { MUTATIONS } from './mutations.js';

const me = anAgent();
const colleague = anAgent({ id: 2, name: 'Lou Petit' });

test('an empty outbox shows what the server said', () => {
  const request = aRequest();
  const unit = { id: 7, name: 'Belley', phone: null, time_zone: 'Europe/Paris', latitude: null, longitude: null };
  const view = fold([], [docOf(request), { k: 'unit/7', v: 0, body: unit }], me);
  assert.deepEqual(view.unit, unit);
  assert.deepEqual([...view.requests.values()], [{ ...request, pending: [] }]);
});

test('accept, note and close show at once, with their marks', () => {
  const outbox = [
    entryOf(1, 'request.accept'),
    entryOf(2, 'request.note', { text: 'Sans réponse' }),
    entryOf(3, 'request.close', { outcome: 'unreachable' }),
  ];
  const item = fold(outbox, [docOf(aRequest())], me).requests.get('r1');
  assert.ok(item && item.state === 'done');
  assert.equal(item.accepted_by?.id, me.id);
  assert.equal(item.outcome, 'unreachable');
  assert.deepEqual(item.pending, ['request.accept', 'request.note', 'request.close']);
  assert.deepEqual(item.history.filter(({ pending }) => pending).map(({ name }) => name),
    ['request_accepted', 'request_noted', 'request_closed']);
});

test('giving back undoes an accept', () => {
  const item = fold([entryOf(1, 'request.accept'), entryOf(2, 'request.release')], [docOf(aRequest())], me).requests.get('r1');
  assert.ok(item && item.state === 'waiting');
  assert.equal(item.accepted_by, null);
});

test('a transfer leaves the trace and takes the citizen’s words away', () => {
  const outbox = [{ ...entryOf(1, 'request.transfer', { to_unit_id: 9 }), hint: { to_unit_name: 'Culoz' } }];
  const item = fold(outbox, [docOf(aRequest())], me).requests.get('r1');
  assert.ok(item && item.state === 'transferred');
  assert.deepEqual(item.to_unit, { id: 9, name: 'Culoz' });
  assert.equal(JSON.stringify(item).includes('Camille'), false);
});

test('where the server would refuse, nothing is shown that is not so', () => {
  const taken = aRequest({ state: 'accepted', accepted_by: colleague, accepted_at: '2026-11-24T13:40:00+00:00' });
  for (const op of /** @type {const} */ (['request.accept', 'request.release', 'request.close', 'request.transfer'])) {
    const item = fold([entryOf(1, op, { outcome: 'handled', to_unit_id: 9 })], [docOf(taken)], me).requests.get('r1');
    assert.ok(item && item.state === 'accepted', op);
    assert.equal(item.accepted_by?.id, colleague.id, op);
    assert.deepEqual(item.pending, [op]);
  }
  const ended = fold([entryOf(1, 'request.accept')], [docOf(aRequest({ state: 'withdrawn' }))], me).requests.get('r1');
  assert.equal(ended?.state, 'withdrawn');
});

test('a chief may give back and close a colleague’s request', () => {
  const chief = anAgent({ roles: ['chief'] });
  const taken = aRequest({ state: 'accepted', accepted_by: colleague, accepted_at: '2026-11-24T13:40:00+00:00' });
  assert.equal(fold([entryOf(1, 'request.release')], [docOf(taken)], chief).requests.get('r1')?.state, 'waiting');
  assert.equal(fold([entryOf(1, 'request.close', { outcome: 'handled' })], [docOf(taken)], chief).requests.get('r1')?.state, 'done');
});

test('a mutation on a request that has left, or of a newer version, harms nothing', () => {
  const unknown = { ...entryOf(1, 'request.accept'), op: /** @type {any} */ ('conversation.answer') };
  const view = fold([entryOf(1, 'request.accept', { request_id: 'gone' }), unknown], [docOf(aRequest())], me);
  assert.equal(view.requests.size, 1);
  assert.equal(view.requests.get('r1')?.state, 'waiting');
});

const chief = anAgent({ id: 3, name: 'Claude Roux', roles: ['chief'] });
const people = [me, colleague, chief].map((one) => docOfKind('agent', one));

test('each kind of document is found again, and unknown kinds do no harm', () => {
  const base = [
    ...people,
    docOfKind('duty', { agent_id: 2, stretches: [] }),
    docOfKind('absence', anAbsence()),
    docOfKind('opening', anOpening()),
    docOfKind('planning', aPlanning()),
    { k: 'neighbours/7', v: 0, body: { units: [{ id: 9, name: 'Culoz', commune_name: 'Culoz', phone: null }] } },
    { k: 'reasons/all', v: 0, body: { reasons: [{ code: 'other', fr: 'Autre', en: 'Other' }] } },
    docOfKind('conversation', { id: 'later' }),
  ];
  const view = fold([], base, me);
  assert.deepEqual([...view.agents.keys()], [1, 2, 3]);
  assert.deepEqual(view.duty.get(2), { agent_id: 2, stretches: [], pending: [] });
  assert.deepEqual(view.absences.get('a1'), { ...anAbsence(), pending: [], cancelled: false });
  assert.deepEqual(view.openings.get('o1'), { ...anOpening(), pending: [] });
  assert.deepEqual(view.plannings.get('s1'), aPlanning());
  assert.deepEqual([view.neighbours[0].id, view.reasons[0].code], [9, 'other']);
});

test('a service position shows at once, for oneself and by the chief', () => {
  const set = entryOf(1, 'duty.set', { status: 'on_intervention', until: '2026-11-24T15:00:00.000Z' });
  const own = fold([set], people, me).duty.get(1);
  assert.deepEqual(own?.stretches.map(({ status, until }) => [status, until]), [['on_intervention', '2026-11-24T15:00:00.000Z']]);
  assert.deepEqual(own?.pending, ['duty.set']);
  const other = entryOf(1, 'duty.set', { status: 'off_duty', agent_id: 2 });
  assert.equal(fold([other], people, chief).duty.get(2)?.stretches[0].status, 'off_duty');
  const refused = fold([other], people, me).duty.get(2);
  assert.deepEqual([refused?.stretches, refused?.pending], [[], ['duty.set']]);
});

test('an absence is declared, and cancelled before the server has heard of it', () => {
  const bounds = { starts_at: '2026-11-25T08:00:00Z', ends_at: '2026-11-25T09:00:00Z' };
  const declare = entryOf(1, 'absence.declare', { absence_id: 'new', word: 'Dentiste', ...bounds });
  const item = fold([declare], people, me).absences.get('new');
  assert.deepEqual([item?.agent.name, item?.word, item?.cancelled, item?.pending], ['Sacha Martin', 'Dentiste', false, ['absence.declare']]);
  const gone = fold([declare, entryOf(2, 'absence.cancel', { absence_id: 'new' })], people, me).absences.get('new');
  assert.deepEqual([gone?.cancelled, gone?.pending], [true, ['absence.declare', 'absence.cancel']]);
  const forOther = entryOf(1, 'absence.declare', { absence_id: 'x', agent_id: 2, ...bounds });
  assert.equal(fold([forOther], people, chief).absences.get('x')?.agent.name, 'Lou Petit');
  assert.equal(fold([forOther], people, me).absences.size, 0);
});

test('only the own absence, or the chief’s brigade’s, is cancelled here, and never the planning’s', () => {
  const cancel = entryOf(1, 'absence.cancel', { absence_id: 'a1' });
  /** @param {Partial<import('../types').AbsenceDoc>} changes @param {typeof me} agent */
  const cancelled = (changes, agent) => fold([cancel], [docOfKind('absence', anAbsence(changes))], agent).absences.get('a1')?.cancelled;
  assert.equal(cancelled({}, me), true);
  assert.equal(cancelled({}, colleague), false);
  assert.equal(cancelled({}, chief), true);
  assert.equal(cancelled({ source: 'planning' }, me), false);
});

test('an opening is proposed, approved, refused, withdrawn, each by whom it may be', () => {
  const propose = entryOf(1, 'opening.propose', { opening_id: 'new', starts_at: '2026-11-26T08:00:00Z', ends_at: '2026-11-26T09:00:00Z', counters: 2, place_kind: 'town_hall', place_name: 'Virieu' });
  const item = fold([propose], people, me).openings.get('new');
  assert.deepEqual([item?.state, item?.counters, item?.agent, item?.place, item?.proposed_by.id], ['proposed', 2, null, { kind: 'town_hall', name: 'Virieu' }, 1]);
  /** @param {import('../types').ServiceOp} op @param {typeof me} agent @param {Partial<import('../types').OpeningDoc>} [changes] */
  const after = (op, agent, changes) => {
    const opening = fold([entryOf(1, op, { opening_id: 'o1', word: 'Salle prise' })], [docOfKind('opening', anOpening(changes))], agent).openings.get('o1');
    assert.deepEqual(opening?.pending, [op]);
    return opening?.state;
  };
  assert.equal(after('opening.approve', chief), 'approved');
  assert.equal(after('opening.approve', me), 'proposed');
  assert.equal(after('opening.approve', chief, { state: 'refused' }), 'refused');
  assert.equal(after('opening.approve', chief, { ends_at: '2026-11-24T13:00:00Z' }), 'proposed');
  assert.equal(after('opening.refuse', chief), 'refused');
  assert.equal(after('opening.refuse', chief, { state: 'approved' }), 'approved');
  assert.equal(after('opening.withdraw', me), 'withdrawn');
  assert.equal(after('opening.withdraw', me, { state: 'approved' }), 'approved');
  assert.equal(after('opening.withdraw', colleague), 'proposed');
  assert.equal(after('opening.withdraw', chief, { state: 'approved' }), 'withdrawn');
});

test('an opening that comes back is amended, and approved while an occurrence is to come', () => {
  const [from, to] = ['2026-11-26T08:00:00Z', '2026-11-26T09:00:00Z'];
  const args = { opening_id: 'o1', starts_at: from, ends_at: to, counters: 4, place_kind: /** @type {const} */ ('unit'), recurrence: 'FREQ=WEEKLY' };
  /** @param {typeof me} agent @param {Partial<import('../types').OpeningDoc>} [changes] */
  const after = (agent, changes) => fold([entryOf(1, 'opening.amend', args)], [docOfKind('opening', anOpening(changes))], agent).openings.get('o1');
  const amended = after(chief);
  assert.deepEqual([amended?.counters, amended?.recurrence, amended?.amended_by?.id, amended?.state], [4, 'FREQ=WEEKLY', chief.id, 'proposed']);
  assert.equal(amended?.proposed_by.id, me.id);
  assert.equal(after(me)?.counters, anOpening().counters);
  assert.equal(after(chief, { state: 'approved' })?.counters, anOpening().counters);
  /** @param {Partial<import('../types').OpeningDoc>} changes */
  const approved = (changes) => fold([entryOf(1, 'opening.approve', { opening_id: 'o1' })],
    [docOfKind('opening', anOpening({ ends_at: '2026-11-24T13:00:00Z', recurrence: 'FREQ=WEEKLY', ...changes }))], chief).openings.get('o1')?.state;
  assert.equal(approved({ last_ends_at: null }), 'approved');
  assert.equal(approved({ last_ends_at: '2026-12-24T13:00:00Z' }), 'approved');
  assert.equal(approved({ last_ends_at: '2026-11-24T13:00:00Z' }), 'proposed');
});

test('one occurrence is moved or dropped, and the others stay', () => {
  const opening = anOpening({ state: 'approved', recurrence: 'FREQ=WEEKLY', changes: [{ day: '2026-12-03', starts_at: null, ends_at: null }] });
  /** @type {import('../types').OccurrenceDoc} */
  const one = { id: 'c1', opening_id: 'o1', day: '2026-11-26', starts_at: 'a', ends_at: 'b', closed_because: null, closed_name: null, counters: [{ id: 5, number: 1 }], agent: null, reasons: [], place: opening.place };
  const base = [docOfKind('opening', opening), docOfKind('occurrence', one), docOfKind('occurrence', { ...one, id: 'c2', day: '2026-12-10' })];
  const times = { starts_at: '2026-11-27T08:00:00Z', ends_at: '2026-11-27T09:00:00Z' };
  /** @param {object} more @param {typeof me} [agent] */
  const after = (more, agent = chief) => fold([entryOf(1, 'occurrence.change', { opening_id: 'o1', day: '2026-11-26', ...more })], base, agent);
  const moved = after(times);
  assert.deepEqual(moved.occurrences.get('c1'), { ...one, ...times });
  assert.deepEqual(moved.occurrences.get('c2'), { ...one, id: 'c2', day: '2026-12-10' });
  assert.deepEqual(moved.openings.get('o1')?.changes?.map(({ day }) => day), ['2026-12-03', '2026-11-26']);
  assert.deepEqual(after({}).occurrences.get('c1'), { ...one, closed_because: 'dropped', counters: [] });
  assert.deepEqual(after({}, me).occurrences.get('c1'), one);
});

test('the chief names a holiday of the unit, or makes a day ordinary', () => {
  const days = [{ day: '2026-12-25', name: 'Noël' }];
  const base = [{ k: 'holidays/7', v: 0, body: { days } }];
  /** @param {object} args @param {typeof me} [agent] */
  const after = (args, agent = chief) => fold([entryOf(1, 'holiday.set', args)], base, agent).holidays;
  assert.deepEqual(after({ day: '2026-12-24', name: 'Veille' }).map(({ name }) => name), ['Noël', 'Veille']);
  assert.deepEqual(after({ day: '2026-12-25', ordinary: true }), []);
  assert.deepEqual(after({ day: '2026-12-25', ordinary: true }, me), days);
  assert.deepEqual(days.length, 1);
});

test('folding is pure over every kind, marks what waits, and decides nothing on a terminal that is no chief’s', () => {
  const ids = fc.constantFrom('a1', 'o1', 'new');
  const ops = /** @type {import('../types').ServiceOp[]} */ (Object.keys(MUTATIONS).filter((op) => /^(duty|absence|opening)\./.test(op)));
  const taps = fc.array(fc.record({
    op: fc.constantFrom(...ops),
    id: ids,
    agent_id: fc.constantFrom(undefined, 1, 2, 99),
    status: fc.constantFrom(/** @type {const} */ ('available'), 'off_duty'),
    until: fc.constantFrom(null, '2026-11-24T13:00:00Z', '2026-11-24T18:00:00Z'),
  }), { maxLength: 12 });
  fc.assert(fc.property(taps, fc.constantFrom(me, colleague, chief), (list, agent) => {
    const base = [...people, docOfKind('absence', anAbsence()), docOfKind('opening', anOpening()), docOfKind('duty', { agent_id: 1, stretches: [] })];
    const outbox = list.map(({ op, id, ...args }, index) => entryOf(index + 1, op, {
      ...args, absence_id: id, opening_id: id, starts_at: '2026-11-26T08:00:00Z', ends_at: '2026-11-26T09:00:00Z', word: 'x',
    }));
    const before = JSON.stringify([base, outbox]);
    const view = fold(outbox, base, agent);
    assert.equal(JSON.stringify([base, outbox]), before);
    assert.deepEqual(fold(outbox, base, agent), view);
    const about = (/** @type {string} */ kind) => outbox.filter(({ op }) => op.startsWith(kind)).length;
    assert.equal([...view.duty.values()].flatMap(({ pending }) => pending).length, about('duty.'));
    for (const opening of view.openings.values()) {
      assert.equal(opening.decided_by === null, opening.state === 'proposed');
      if (agent !== chief) assert.ok(['proposed', 'withdrawn'].includes(opening.state));
    }
    if (agent === colleague) assert.equal(view.openings.get('o1')?.state, 'proposed');
    if (agent !== chief) assert.deepEqual(view.duty.get(agent === me ? 2 : 1)?.stretches ?? [], []);
  }));
});

test('folding is pure, and folding in two steps is folding at once', () => {
  const ops = /** @type {import('../types').RequestOp[]} */ (Object.keys(MUTATIONS).filter((op) => op.startsWith('request.') && op !== 'request.seen'));
  const entries = fc.array(fc.record({
    op: fc.constantFrom(...ops),
    id: fc.constantFrom('r1', 'r2', 'gone'),
    outcome: fc.constantFrom(/** @type {const} */ ('handled'), 'mistake'),
  }), { maxLength: 12 });
  const states = fc.constantFrom(/** @type {const} */ ('waiting'), 'accepted', 'done', 'withdrawn', 'expired');
  fc.assert(fc.property(entries, states, fc.constantFrom(me, colleague), (list, state, owner) => {
    const accepted_by = state === 'accepted' || state === 'done' ? { id: owner.id, name: owner.name } : null;
    const base = [docOf(aRequest({ id: 'r1' })), docOf(aRequest({ id: 'r2', state, accepted_by }))];
    const outbox = list.map(({ op, id, outcome }, index) => entryOf(index + 1, op, { request_id: id, outcome, to_unit_id: 9, text: 'x' }));
    const before = JSON.stringify([base, outbox]);
    const view = fold(outbox, base, me);
    assert.equal(JSON.stringify([base, outbox]), before);
    assert.deepEqual(fold(outbox, base, me), view);
    for (const item of view.requests.values()) {
      assert.deepEqual(item.pending, outbox.filter(({ args }) => args.request_id === item.id).map(({ op }) => op));
      // The rule of the database, kept by every sequence of taps: who has an owner, and who has an outcome.
      if (item.state === 'transferred') continue;
      if (item.state === 'accepted') assert.ok(item.accepted_by);
      if (item.state === 'waiting') assert.equal(item.accepted_by, null);
      const colleagues = item.accepted_by !== null && item.accepted_by.id !== me.id;
      if (colleagues) assert.equal(item.state, state, 'a colleague’s request never moves by my taps');
    }
  }));
});

test('that a request was seen shows nothing', () => {
  const base = [docOf(aRequest())];
  const entry = entryOf(1, 'request.seen', { request_id: 'r1' });
  assert.deepEqual(fold([entry], base, me), fold([], base, me));
});
