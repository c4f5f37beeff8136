// What the actions on appointments show before the server has confirmed them.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anAbsence, anAgent, anAppointment, docOfKind, entryOf } from '../testing/samples.js';
import { fold } from './fold.js';
import { MUTATIONS } from './mutations.js';

const me = anAgent();
const colleague = anAgent({ id: 2, name: 'Lou Petit' });
const chief = anAgent({ id: 3, name: 'Claude Roux', roles: ['chief'] });
const people = [me, colleague, chief].map((one) => docOfKind('agent', one));
const [MINE, THEIRS] = [me, colleague].map(({ id, name }) => [{ id, name }]);
// Outbox entries of these tests are tapped at 14:00 UTC.
const LATER = { id: 'p2', starts_at: '2026-11-24T15:30:00+00:00', ends_at: '2026-11-24T16:30:00+00:00', free_at: '2026-11-24T16:30:00+00:00' };

/**
 * @param {import('../types').Op} op
 * @param {Partial<import('../types').Args>} args
 * @param {Partial<import('../types').AppointmentDoc>[]} [docs]
 * @param {typeof me} [agent]
 */
function after(op, args, docs = [{}], agent = me) {
  const view = fold([entryOf(1, op, { appointment_id: 'p1', ...args })], [...people, ...docs.map((one) => docOfKind('appointment', anAppointment(one)))], agent);
  return { view, one: view.appointments.get('p1'), other: view.appointments.get('p2') };
}
const names = (/** @type {{agents: {name: string | null}[]} | undefined} */ item) => item?.agents.map(({ name }) => name);

test('an appointment is taken at once, unless the server would refuse', () => {
  const { one } = after('appointment.take', {}, [{ released_at: '2026-11-24T13:00:00Z' }]);
  assert.deepEqual([names(one), one?.pending, one?.released_at], [['Sacha Martin'], ['appointment.take'], null]);
  /** @type {Partial<import('../types').AppointmentDoc>[][]} */
  const refusals = [[{ agents: THEIRS }], [{ state: 'cancelled' }], [{ state: 'held' }], [{}, { ...LATER, agents: MINE }], [{}, { ...LATER, agents: MINE, state: 'honoured' }]];
  for (const docs of refusals) {
    const refused = after('appointment.take', {}, docs).one;
    assert.deepEqual([refused?.agents, refused?.pending], [docs[0].agents ?? [], ['appointment.take']]);
  }
  assert.deepEqual(names(after('appointment.take', {}, [{ agents: THEIRS, agents_needed: 2 }]).one), ['Lou Petit', 'Sacha Martin']);
  const absent = fold([entryOf(1, 'appointment.take', { appointment_id: 'p1' })],
    [docOfKind('appointment', anAppointment()), docOfKind('absence', anAbsence({ starts_at: '2026-11-24T15:30:00Z', ends_at: '2026-11-24T17:00:00Z' }))], me);
  assert.deepEqual(absent.appointments.get('p1')?.agents, []);
});

test('one’s own is given back, a colleague’s stays', () => {
  assert.deepEqual(names(after('appointment.leave', {}, [{ agents: MINE }]).one), []);
  assert.deepEqual(names(after('appointment.leave', {}, [{ agents: THEIRS }]).one), ['Lou Petit']);
});

test('two exchange; it must be clear who, and one must be one’s own', () => {
  const swap = { other_appointment_id: 'p2' };
  const mine = after('appointment.swap', swap, [{ agents: MINE }, { ...LATER, agents: THEIRS }]);
  assert.deepEqual([names(mine.one), names(mine.other), mine.other?.pending], [['Lou Petit'], ['Sacha Martin'], ['appointment.swap']]);
  const nobody = after('appointment.swap', swap, [{ agents: MINE }, LATER]);
  assert.deepEqual([names(nobody.one), names(nobody.other)], [['Sacha Martin'], []]);
  const roux = [{ id: 3, name: 'Claude Roux' }];
  const beside = after('appointment.swap', swap, [{ agents: [...MINE, ...roux], agents_needed: 2 }, { ...LATER, agents: [...MINE, ...THEIRS], agents_needed: 2 }]);
  assert.deepEqual(names(beside.one), ['Sacha Martin', 'Claude Roux']);
  const others = after('appointment.swap', swap, [{ agents: THEIRS }, { ...LATER, agents: roux }]);
  assert.deepEqual(names(others.one), ['Lou Petit']);
  assert.deepEqual(names(after('appointment.swap', swap, [{ agents: THEIRS }, { ...LATER, agents: MINE }], chief).one), ['Sacha Martin']);
});

test('the chief assigns, approves and cancels; a gendarme’s terminal shows nothing of it', () => {
  const word = { word: 'Brigade fermée' };
  assert.deepEqual(names(after('appointment.assign', { agents: [2] }, [{ agents: MINE }], chief).one), ['Lou Petit']);
  assert.deepEqual(names(after('appointment.assign', { agents: [1, 2] }, [{}], chief).one), []);
  assert.deepEqual(names(after('appointment.assign', { agents: [99] }, [{}], chief).one), []);
  assert.equal(after('appointment.approve', {}, [{ state: 'requested' }], chief).one?.state, 'confirmed');
  assert.equal(after('appointment.cancel', word, [{}], chief).one?.state, 'cancelled');
  assert.deepEqual(after('appointment.cancel', word, [{}], chief).one?.word, 'Brigade fermée');
  for (const op of /** @type {const} */ (['appointment.assign', 'appointment.approve', 'appointment.cancel'])) {
    const { one } = after(op, { ...word, agents: [1] }, [{ state: 'requested' }]);
    assert.deepEqual([one?.state, one?.agents, one?.pending], ['requested', [], [op]]);
  }
});

test('anybody cancels for a citizen who asked for it, and what they said is theirs', () => {
  const { one } = after('appointment.cancel', { for_citizen: true, word: 'Guérie' });
  assert.deepEqual([one?.state, one?.ended_by, one?.citizen_word, one?.word, one?.decided_by?.name], ['cancelled', 'citizen', 'Guérie', null, 'Sacha Martin']);
  assert.equal(after('appointment.cancel', { for_citizen: true }).one?.citizen_word, null);
  assert.equal(after('appointment.cancel', { for_citizen: true }, [{ state: 'held' }]).one?.state, 'held');
});

test('whether the citizen came is said from a quarter of an hour before, and corrected for a day', () => {
  const said = (/** @type {Partial<import('../types').AppointmentDoc>} */ changes, outcome = /** @type {'honoured' | 'no_show'} */ ('no_show')) => after('appointment.outcome', { outcome }, [changes]).one;
  assert.equal(said({ starts_at: '2026-11-24T14:15:00Z' }, 'honoured')?.state, 'honoured');
  assert.equal(said({ starts_at: '2026-11-24T14:16:00Z' }, 'honoured')?.state, 'confirmed');
  assert.equal(said({ starts_at: '2026-11-24T14:00:00Z' })?.state, 'no_show');
  // The citizen may still come.
  assert.equal(said({ starts_at: '2026-11-24T14:01:00Z' })?.state, 'confirmed');
  assert.equal(said({ state: 'honoured', ended_by: 'unit', ended_at: '2026-11-24T13:50:00Z', starts_at: '2026-11-24T14:01:00Z' })?.state, 'honoured');
  assert.equal(said({ state: 'requested', starts_at: '2026-11-24T14:00:00Z' })?.state, 'requested');
  const before = /** @type {const} */ ({ state: 'honoured', ended_by: 'unit', starts_at: '2026-11-23T13:00:00Z' });
  assert.deepEqual([said({ ...before, ended_at: '2026-11-23T14:00:00Z' })?.state, said({ ...before, ended_at: '2026-11-23T13:59:00Z' })?.state], ['no_show', 'honoured']);
  assert.equal(said({ ...before, ended_at: '2026-11-24T13:00:00Z' })?.ended_at, '2026-11-24T13:00:00Z');
  assert.equal(said({ ...before, ended_by: 'time', ended_at: '2026-11-24T13:00:00Z' })?.state, 'honoured');
});

test('one tap shows the position, the absence and what is released; being back ends it', () => {
  const away = entryOf(1, 'intervention.start', { absence_id: 'away', until: '2026-11-24T16:00:00Z' });
  const base = [...people, docOfKind('appointment', anAppointment({ agents: MINE })), docOfKind('appointment', anAppointment({ ...LATER, starts_at: '2026-11-24T13:40:00Z', agents: MINE }))];
  const view = fold([away], base, me);
  assert.equal(view.duty.get(1)?.stretches[0].status, 'on_intervention');
  assert.deepEqual([view.absences.get('away')?.ends_at, view.absences.get('away')?.intervention], ['2026-11-24T16:00:00Z', true]);
  assert.deepEqual([names(view.appointments.get('p1')), view.appointments.get('p1')?.released_at], [[], '2026-11-24T14:00:00.000Z']);
  // The citizen of this one has been received for twenty minutes.
  assert.deepEqual(names(view.appointments.get('p2')), ['Sacha Martin']);
  const back = { ...entryOf(2, 'duty.set', { status: 'available', until: null }), at: '2026-11-24T14:30:00.000Z' };
  assert.equal(fold([away, back], base, me).absences.get('away')?.ends_at, '2026-11-24T14:30:00.000Z');
  const over = { ...away, args: { ...away.args, until: '2026-11-24T13:00:00Z' } };
  assert.equal(fold([over], base, me).absences.size, 0);
});

test('a declared absence shows what it releases', () => {
  const declare = entryOf(1, 'absence.declare', { absence_id: 'new', starts_at: '2026-11-24T15:30:00Z', ends_at: '2026-11-24T18:00:00Z' });
  const view = fold([declare], [...people, docOfKind('appointment', anAppointment({ agents: MINE }))], me);
  assert.deepEqual(names(view.appointments.get('p1')), []);
});

test('folding is pure, and never shows anybody in two places at once by their own taps', () => {
  const ops = /** @type {import('../types').Op[]} */ (Object.keys(MUTATIONS).filter((op) => /^(appointment|intervention)\./.test(op)));
  const taps = fc.array(fc.record({
    op: fc.constantFrom(...ops),
    appointment_id: fc.constantFrom('p1', 'p2', 'gone'),
    other_appointment_id: fc.constantFrom('p1', 'p2', 'gone'),
    agents: fc.subarray([1, 2, 99]),
    outcome: fc.constantFrom(/** @type {const} */ ('honoured'), 'no_show'),
    until: fc.constantFrom('2026-11-24T13:00:00Z', '2026-11-24T18:00:00Z'),
  }), { maxLength: 10 });
  const states = fc.constantFrom(/** @type {const} */ ('requested'), 'confirmed', 'cancelled', 'held');
  fc.assert(fc.property(taps, states, fc.constantFrom(me, chief), (list, state, agent) => {
    const base = [...people, docOfKind('appointment', anAppointment()), docOfKind('appointment', anAppointment({ ...LATER, state }))];
    const outbox = list.map(({ op, ...args }, index) => entryOf(index + 1, op, { ...args, absence_id: `a${index}`, word: 'x' }));
    const before = JSON.stringify([base, outbox]);
    const view = fold(outbox, base, agent);
    assert.equal(JSON.stringify([base, outbox]), before);
    assert.deepEqual(fold(outbox, base, agent), view);
    const booked = [...view.appointments.values()].filter((item) => item.state === 'requested' || item.state === 'confirmed');
    for (const item of view.appointments.values()) {
      assert.ok(item.agents.length <= item.agents_needed);
      assert.equal(item.ended_at === null, booked.includes(item) || (item.id === 'p2' && state === item.state));
    }
    if (agent === me) assert.ok(booked.filter(({ agents }) => agents.some(({ id }) => id === me.id)).length <= 1);
  }));
});
