// Which days the agenda shows, and what on each of them.

import assert from 'node:assert/strict';
import test from 'node:test';
import { anAbsence, anAgent, anAppointment, docOfKind } from '../../testing/samples.js';
import { fold } from '../../sync/fold.js';
import { daysOf } from './days.js';

const me = anAgent();
const NOW = Date.parse('2026-11-24T13:30:00Z');

/** @param {[string, any][]} docs @param {'mine' | 'unit'} whose */
function days(docs, whose = 'unit') {
  const view = fold([], docs.map(([kind, body]) => docOfKind(kind, body)), me);
  const frame = /** @type {any} */ ({ state: { now: NOW }, view, agent: me, zone: 'Europe/Paris' });
  return daysOf(frame, [...view.appointments.values()], whose).map(({ day, lines }) => [day, lines.map(({ item }) => item.id)]);
}

/** @param {string} id @param {string} starts_at @param {string} ends_at @param {object} [more] */
function occurrence(id, starts_at, ends_at, more) {
  return { id, opening_id: 'o', day: starts_at.slice(0, 10), starts_at, ends_at, closed_because: null, closed_name: null, counters: [], agent: null, reasons: [], place: { kind: 'unit', name: null }, ...more };
}

test('days come in order, the opening before who comes in it, and late evenings belong to the unit’s own day', () => {
  const found = days([
    ['appointment', anAppointment({ id: 'late', starts_at: '2026-11-25T23:30:00Z', ends_at: '2026-11-26T00:00:00Z' })],
    ['appointment', anAppointment({ id: 'first', starts_at: '2026-11-24T13:00:00Z' })],
    ['occurrence', occurrence('open', '2026-11-24T13:00:00Z', '2026-11-24T17:00:00Z')],
    ['absence', anAbsence({ starts_at: '2026-11-24T12:00:00Z', ends_at: '2026-11-24T13:00:00Z' })],
  ]);
  assert.deepEqual(found, [['2026-11-24', ['a1', 'open', 'first']], ['2026-11-26', ['late']]]);
});

test('what goes on since before today is today’s; what is far is only there when somebody comes', () => {
  const long = anAbsence({ starts_at: '2026-11-20T08:00:00Z', ends_at: '2026-11-30T08:00:00Z' });
  const far = anAppointment({ id: 'far', state: 'requested', starts_at: '2027-01-05T09:00:00Z', ends_at: '2027-01-05T10:00:00Z' });
  const found = days([['absence', long], ['appointment', far], ['occurrence', occurrence('x', '2027-01-05T08:00:00Z', '2027-01-05T12:00:00Z')]]);
  assert.deepEqual(found, [['2026-11-24', ['a1']], ['2027-01-05', ['far']]]);
});

test('among mine is no colleague’s absence nor opening', () => {
  const theirs = { agent: { id: 2, name: 'Lou Petit' } };
  const docs = /** @type {[string, any][]} */ ([
    ['absence', anAbsence({ ...theirs, starts_at: '2026-11-24T14:00:00Z', ends_at: '2026-11-24T15:00:00Z' })],
    ['occurrence', occurrence('x', '2026-11-24T14:00:00Z', '2026-11-24T15:00:00Z', theirs)],
  ]);
  assert.deepEqual(days(docs, 'mine'), []);
  assert.deepEqual(days(docs, 'unit'), [['2026-11-24', ['x', 'a1']]]);
});
