// What calendars contradict, for as long as nobody has decided; and what a decision shows before the server has it.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { calendarEffects } from '../../sync/effects/calendars.js';
import { fold } from '../../sync/fold.js';
import { aClash, anAgent, anAppointment, aPlanning, docOfKind, entryOf } from '../../testing/samples.js';
import { troubled } from '../service/plannings.js';
import { waiting } from '../waiting.js';
import { openClashes, openFindings, questionTo, standingClashes, waitsForChief } from './asked.js';
import { proposedStarts } from './clash.js';

/** @typedef {import('../../types').AppointmentDoc} Doc */

const NOW = Date.parse('2026-11-24T14:00:00Z');
const me = anAgent();
const colleague = anAgent({ id: 2, name: 'Lou Petit' });
const chief = anAgent({ id: 3, name: 'Claude Roux', roles: ['chief'] });
const [mine, theirs] = [{ id: 1, name: 'Sacha Martin' }, { id: 2, name: 'Lou Petit' }];
/** @type {import('../../types').AgendaFinding} */
const finding = { id: 7, agent: mine, deed: 'deleted', found_at: '2026-11-24T13:00:00+00:00' };

/** @param {Partial<Doc>} [changes] */
function item(changes) {
  return { ...anAppointment({ agents: [mine], clashes: [aClash()], agenda: [finding], ...changes }), pending: [] };
}

/**
 * @param {keyof typeof calendarEffects} op
 * @param {Partial<import('../../types').Args>} args
 * @param {typeof me} agent
 * @param {Partial<Doc>} [changes]
 */
function after(op, args, agent, changes) {
  const view = fold([], [docOfKind('appointment', item(changes))], agent);
  const before = JSON.stringify([...view.appointments]);
  const next = { ...view, appointments: new Map(view.appointments) };
  calendarEffects[op](next, entryOf(1, op, { appointment_id: 'p1', ...args }), agent);
  assert.equal(JSON.stringify([...view.appointments]), before);
  return /** @type {import('../../types').AppointmentItem} */ (next.appointments.get('p1'));
}

test('a clash is open until it is kept, somebody else receives, or it is over', () => {
  assert.equal(openClashes(item(), NOW).length, 1);
  assert.equal(openClashes(item({ agents: [theirs] }), NOW).length, 0);
  assert.equal(openClashes(item({ agents: [theirs, mine], agents_needed: 2 }), NOW).length, 1);
  assert.equal(openClashes(item({ state: 'cancelled' }), NOW).length, 0);
  assert.equal(openClashes(item({ state: 'requested' }), NOW).length, 1);
  assert.equal(openClashes(item(), Date.parse(item().starts_at)).length, 0);
  const kept = item({ clashes: [aClash({ kept_by: theirs })] });
  assert.deepEqual([openClashes(kept, NOW).length, standingClashes(kept, NOW).length], [0, 1]);
  const nobody = [aClash({ agent: null })];
  assert.equal(openClashes(item({ agents: [], clashes: nobody }), NOW).length, 1);
  assert.equal(openClashes(item({ clashes: nobody }), NOW).length, 0);
  // What an older version held knows of none.
  assert.deepEqual(openClashes(item({ clashes: undefined }), NOW), []);
});

test('the question is asked about the latest deed, to whoever did it and still receives', () => {
  const later = { ...finding, id: 8, deed: /** @type {const} */ ('declined'), found_at: '2026-11-24T13:30:00+00:00' };
  assert.equal(questionTo(item({ agenda: [later, finding] }), 1, NOW)?.id, 8);
  assert.equal(questionTo(item(), 2, NOW), undefined);
  assert.equal(questionTo(item({ agents: [theirs] }), 1, NOW), undefined);
  assert.equal(questionTo(item({ state: 'honoured' }), 1, NOW), undefined);
  assert.equal(questionTo(item({ agenda: undefined }), 1, NOW), undefined);
  const both = item({ agents: [mine, theirs], agents_needed: 2, agenda: [finding, { ...finding, id: 9, agent: theirs }] });
  assert.deepEqual(openFindings(both, NOW).map(({ id }) => id), [7, 9]);
});

test('the chief keeps it at once; a gendarme’s terminal shows nothing of it', () => {
  const keep = { clash_id: 'c1' };
  const kept = after('clash.keep', keep, chief);
  assert.deepEqual([kept.clashes?.[0].kept_by?.name, kept.pending], ['Claude Roux', ['clash.keep']]);
  assert.equal(after('clash.keep', keep, me).clashes?.[0].kept_by, null);
  assert.equal(after('clash.keep', { clash_id: 'other' }, chief).clashes?.[0].kept_by, null);
  const before = after('clash.keep', keep, chief, { clashes: [aClash({ kept_by: theirs })] });
  assert.equal(before.clashes?.[0].kept_by?.id, 2);
});

test('an answer ends the question, and who cannot come gives it back', () => {
  const kept = after('agenda.answer', { finding_id: 7, answer: 'keep' }, me);
  assert.deepEqual([kept.agenda, kept.agents, kept.pending], [[], [mine], ['agenda.answer']]);
  assert.deepEqual(after('agenda.answer', { finding_id: 7, answer: 'leave' }, me).agents, []);
  // Nobody answers for somebody else, and an old question changes nothing.
  for (const [agent, id] of /** @type {const} */ ([[colleague, 7], [chief, 7], [me, 99]])) {
    const same = after('agenda.answer', { finding_id: id, answer: 'leave' }, agent);
    assert.deepEqual([same.agenda?.length, same.agents], [1, [mine]]);
  }
});

test('an effect on what has left harms nothing, whatever is said', () => {
  const args = fc.record({ appointment_id: fc.constantFrom('p1', 'gone'), clash_id: fc.constantFrom('c1', 'x'), finding_id: fc.constantFrom(7, 8), answer: fc.constantFrom(/** @type {const} */ ('keep'), 'leave') });
  fc.assert(fc.property(args, fc.constantFrom(.../** @type {const} */ (['clash.keep', 'agenda.answer'])), fc.constantFrom(me, colleague, chief), (said, op, agent) => {
    const one = after(op, said, agent);
    assert.ok(one.agents.length <= one.agents_needed);
    assert.equal(one.pending.length, said.appointment_id === 'p1' ? 1 : 0);
  }));
});

test('of the starts that were free, those that have passed are not offered', () => {
  const clashes = [aClash({ proposals: { agents: [], starts: ['2026-11-24T13:00:00Z', '2026-11-24T15:00:00Z', '2026-11-25T09:00:00Z', '2026-11-26T09:00:00Z'] } })];
  assert.deepEqual(proposedStarts(item({ clashes }), NOW), ['2026-11-25T09:00:00Z', '2026-11-26T09:00:00Z']);
});

test('the chief looks after what is silent, then after what fails, the longest first', () => {
  const all = /** @type {const} */ ([['a', 'failing', '10'], ['b', 'silent', '12'], ['c', 'fresh', '09'], ['d', 'paused', '09'], ['e', 'silent', '11'], ['f', 'waiting', '08']]);
  const docs = all.map(([id, state, hour]) => docOfKind('planning', aPlanning({ id, state, since: `2026-11-24T${hour}:00:00+00:00` })));
  assert.deepEqual(troubled(fold([], docs, chief)).map(({ id }) => id), ['e', 'b', 'a']);
});

test('the tabs count what waits: an appointment once, and my own questions', () => {
  const docs = [
    docOfKind('planning', aPlanning({ state: 'silent' })),
    docOfKind('appointment', item({ state: 'requested' })),
    docOfKind('appointment', item({ id: 'p2', agenda: [], clashes: [] })),
  ];
  const count = (/** @type {typeof me} */ agent) => waiting(/** @type {any} */ ({ state: { now: NOW }, view: fold([], docs, agent), me: { agent } }));
  assert.deepEqual(count(chief), { desk: 2, agenda: 0 });
  assert.deepEqual(count(me), { desk: 2, agenda: 1 });
});

test('an agenda that stands still is counted for the chief and for whose it is', () => {
  const docs = [docOfKind('agent', { ...me, stopped_agendas: [{ id: 'x1', cause: 'gone', since: '2026-11-24T10:00:00+00:00' }] }), docOfKind('agent', colleague)];
  const count = (/** @type {typeof me} */ agent) => waiting(/** @type {any} */ ({ state: { now: NOW }, view: fold([], docs, agent), me: { agent } }));
  assert.deepEqual([count(chief), count(me), count(colleague)], [{ desk: 1, agenda: 0 }, { desk: 1, agenda: 1 }, { desk: 1, agenda: 0 }]);
});

test('nobody came forward: from three quarters of an hour before, the chief has to name somebody', () => {
  const alone = item({ agents: [], clashes: [] });
  const at = (/** @type {string} */ time) => waitsForChief(alone, Date.parse(`2026-11-24T${time}:00Z`));
  assert.deepEqual([at('14:14'), at('14:15'), at('16:00')], [false, true, false]);
});
