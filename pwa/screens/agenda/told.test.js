// Who is told by a message, and whom somebody has to call.

import assert from 'node:assert/strict';
import test from 'node:test';
import { fold } from '../../sync/fold.js';
import { anAgent, anAppointment, docOfKind, entryOf } from '../../testing/samples.js';
import { mustBeCalled, toCall, toldBy } from './told.js';

const NOW = Date.parse('2026-11-24T14:30:00Z');
const PHONE = { name: 'Camille Essai', phone: '+33639980012', may_leave_message: true, facts: null };
const chief = anAgent({ roles: ['chief'] });

/** @param {Partial<import('../../types').AppointmentDoc>[]} docs @param {import('../../types').OutboxEntry[]} [outbox] */
const viewOf = (docs, outbox = []) => fold(outbox, docs.map((one) => docOfKind('appointment', anAppointment({ reached_by: null, ...one }))), chief);
/** @param {Partial<import('../../types').AppointmentDoc>} doc */
const calledFor = (doc, now = NOW) => {
  const view = viewOf([doc]);
  return [...view.appointments.values()].map((item) => mustBeCalled(view, item, now))[0];
};

test('a message tells who can be reached; the others are called, unless a partner keeps who they are', () => {
  const how = (/** @type {Partial<import('../../types').AppointmentDoc>} */ doc) => toldBy({ ...anAppointment(doc), pending: [] });
  assert.equal(how({ reached_by: 'email', citizen: null }), 'mail');
  assert.equal(how({ reached_by: 'sms' }), 'sms');
  assert.equal(how({ reached_by: 'push' }), 'push');
  assert.equal(how({ reached_by: null }), 'call');
  assert.equal(how({ reached_by: null, citizen: null }), 'partner');
  assert.equal(how({ reached_by: null, citizen: { ...PHONE, phone: null } }), 'nobody');
  assert.equal(how({ reached_by: undefined }), null);
});

test('who must be called: what the unit or the clock ended, or an offer that stands, until its time', () => {
  const ended = /** @type {const} */ ({ state: 'cancelled', ended_by: 'unit' });
  assert.ok(calledFor(ended));
  assert.ok(calledFor({ ...ended, ended_by: 'time' }));
  assert.ok(calledFor({ state: 'held', offer: 'instead', held_until: '2026-11-24T15:00:00Z' }));
  const quiet = /** @type {Partial<import('../../types').AppointmentDoc>[]} */ ([
    {}, { ...ended, ended_by: 'citizen' }, { ...ended, reached_by: 'email' }, { ...ended, reached_by: 'sms' }, { ...ended, reached_by: 'push' }, { ...ended, citizen: null }, { state: 'moved', ended_by: 'unit' },
    { state: 'held', offer: 'instead', held_until: '2026-11-24T14:30:00Z' },
  ]);
  assert.deepEqual(quiet.map((doc) => calledFor(doc)), quiet.map(() => false));
  assert.ok(!calledFor(ended, Date.parse('2026-11-24T15:00:00Z')));
});

test('each person is called once, and not any more when they have chosen another time', () => {
  const lost = /** @type {const} */ ({ id: 'lost', state: 'cancelled', ended_by: 'unit' });
  const offers = ['2026-11-24T14:45:00Z', '2026-11-25T09:00:00Z'].map((starts_at, at) => ({ id: `offer${at}`, state: /** @type {const} */ ('held'), offer: /** @type {const} */ ('instead'), starts_at, held_until: starts_at }));
  assert.deepEqual(toCall(viewOf([...offers, lost]), NOW).map(({ id }) => id), ['lost']);
  assert.deepEqual(toCall(viewOf(offers), NOW).map(({ id }) => id), ['offer0']);
  assert.deepEqual(toCall(viewOf([lost, { id: 'other', reference: 'RV-OTHER' }]), NOW).length, 1);
  assert.deepEqual(toCall(viewOf([lost, { id: 'new', starts_at: '2026-11-25T09:00:00Z' }]), NOW), []);
});

test('one that the chief cancels without network is to be called at once', () => {
  const view = viewOf([{}], [entryOf(1, 'appointment.cancel', { appointment_id: 'p1', word: 'Panne' })]);
  assert.deepEqual(toCall(view, NOW).map(({ id }) => id), ['p1']);
});
