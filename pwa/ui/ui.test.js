import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import en from '../locales/en.js';
import fr from '../locales/fr.js';
import { address, readRoute } from '../router.js';
import { fold } from '../sync/fold.js';
import { anAbsence, anAppointment, anOpening, aRequest, docOfKind, viewWith } from '../testing/samples.js';
import { arrivals, decisions, departures } from './changes.js';
import { formatter } from './format.js';
import { groups } from './groups.js';
import { readablePhone } from './phone.js';
import { periodFormat } from './period.js';
import { elapsedShare } from './ring.js';
import { keyOr, loadLanguage, translator } from './translate.js';
import { addDays, instantOf, wallOf } from './zone.js';

const NOON = Date.parse('2026-11-24T13:30:00Z');
/** @param {Partial<import('../types').RequestDoc>} [changes] */
const mine = (changes) => aRequest({ state: 'accepted', accepted_by: { id: 1, name: 'Sacha' }, accepted_at: '2026-11-24T13:00:00Z', ...changes });

test('holes are filled, unknown keys fall back', async () => {
  assert.equal(translator('fr')('waiting_many', { n: 3 }), '3 actions en attente d’envoi');
  assert.equal(keyOr('event_nothing', 'history'), 'history');
  assert.equal(translator('en')('retry'), fr.retry);
  await loadLanguage('en');
  assert.equal(translator('en')('retry'), en.retry);
});

test('times are said in the unit’s zone, as people say them', () => {
  const paris = formatter('fr', 'Europe/Paris', NOON);
  assert.equal(paris.moment('2026-11-24T13:05:00Z'), '14\u00a0h\u00a005');
  assert.equal(paris.on('2026-11-24T13:05:00Z'), 'à 14\u00a0h\u00a005');
  assert.equal(paris.moment('2026-11-23T23:05:00Z'), '0\u00a0h\u00a005');
  assert.equal(paris.moment('2026-11-23T22:30:00Z'), 'lundi 23 novembre à 23\u00a0h\u00a030');
  assert.equal(formatter('fr', 'Pacific/Marquesas', NOON).moment('2026-11-24T13:05:00Z'), '3\u00a0h\u00a035');
  const english = formatter('en', 'Europe/Paris', NOON);
  assert.equal(english.on('2026-11-24T13:05:00Z'), 'at 14:05');
  assert.match(english.on('2026-11-23T13:05:00Z'), /^on Monday,? 23 November at 14:05$/);
});

test('ages are short and never in the future', async () => {
  const { age } = formatter('fr', 'Europe/Paris', NOON);
  assert.equal(age('2026-11-24T13:26:00Z'), 'il y a 4\u00a0min');
  assert.equal(age('2026-11-24T13:29:30Z'), 'à l’instant');
  assert.equal(age('2026-11-24T13:31:00Z'), 'à l’instant');
  assert.equal(age('2026-11-24T11:00:00Z'), 'il y a 2\u00a0h');
  assert.equal(age('2026-11-23T11:00:00Z'), 'hier');
  assert.equal(age('2026-11-22T11:00:00Z'), 'il y a 2\u00a0j');
  await loadLanguage('en');
  const english = formatter('en', 'Europe/Paris', NOON).age;
  assert.deepEqual(['2026-11-24T13:26:00Z', '2026-11-24T11:00:00Z', '2026-11-23T11:00:00Z', '2026-11-21T13:00:00Z'].map(english), ['4 min ago', '2 h ago', 'yesterday', '3 days ago'].map((words) => words.replace(' ', '\u00a0')));
});

test('the ring goes from open to closed and stays so', () => {
  const share = (/** @type {string} */ at) => elapsedShare('2026-11-24T13:00:00Z', '2026-11-24T15:00:00Z', Date.parse(at));
  assert.equal(share('2026-11-24T12:59:00Z'), 0);
  assert.equal(share('2026-11-24T14:30:00Z'), 0.75);
  assert.equal(share('2026-11-24T18:00:00Z'), 1);
  assert.equal(elapsedShare('2026-11-24T13:00:00Z', '2026-11-24T13:00:00Z', 0), 1);
});

test('French numbers are read in pairs', () => {
  assert.equal(readablePhone('+33639980012'), '06\u00a039\u00a098\u00a000\u00a012');
  assert.equal(readablePhone('+41225550100'), '+41225550100');
});

test('the list puts who waits first, nearest deadline on top', () => {
  const view = viewWith(
    aRequest({ id: 'late', due_at: '2026-11-24T13:00:00Z' }),
    aRequest({ id: 'calm', due_at: '2026-11-24T18:00:00Z' }),
    aRequest({ id: 'near', due_at: '2026-11-24T14:00:00Z' }),
    mine({ id: 'mine' }),
    mine({ id: 'theirs', accepted_by: { id: 2, name: 'Lou' } }),
    aRequest({ id: 'older', state: 'done', ended_at: '2026-11-24T10:00:00Z' }),
    aRequest({ id: 'newer', state: 'withdrawn', ended_at: '2026-11-24T11:00:00Z' }),
  );
  const found = groups(view.requests.values(), 1);
  const ids = Object.fromEntries(Object.entries(found).map(([name, items]) => [name, items.map(({ id }) => id)]));
  assert.deepEqual(ids, { waiting: ['late', 'near', 'calm'], mine: ['mine'], unit: ['theirs'], past: ['newer', 'older'] });
});

test('what leaves by another’s hand is said, what I did is not', () => {
  const before = viewWith(aRequest({ id: 'a' }), aRequest({ id: 'b' }), mine({ id: 'c' }), mine({ id: 'd' }), aRequest({ id: 'e' }), aRequest({ id: 'f' }));
  const after = viewWith(
    aRequest({ id: 'a', state: 'withdrawn' }),
    mine({ id: 'c', accepted_by: { id: 2, name: 'Lou' } }),
    aRequest({ id: 'd' }),
    mine({ id: 'e', accepted_by: { id: 2, name: 'Lou' } }),
    aRequest({ id: 'f', state: 'expired' }),
  );
  const pending = before.requests.get('f');
  if (pending) pending.pending = ['request.accept'];
  assert.deepEqual(departures(before, after, 1).map(({ requestId, what, values }) => [requestId, what, values.name || null]), [
    ['a', 'withdrawn', null], ['b', 'gone', null], ['c', 'taken', 'Lou'], ['d', 'released', null],
  ]);
});

test('an arrival is a request that waits and was not known', () => {
  const found = arrivals(viewWith(aRequest({ id: 'a' })), viewWith(aRequest({ id: 'a' }), aRequest({ id: 'b' }), mine({ id: 'c' })));
  assert.deepEqual(found.map(({ id }) => id), ['b']);
});

test('addresses are read as they are written', () => {
  for (const screen of /** @type {const} */ (['request', 'note', 'transfer', 'close'])) {
    assert.deepEqual(readRoute(address(screen, 'a/é')), { screen, id: 'a/é' });
  }
  for (const screen of /** @type {const} */ (['settings', 'enrol', 'duty', 'absence', 'opening', 'brigade', 'desk'])) {
    assert.deepEqual(readRoute(address(screen)), { screen, id: null });
  }
  for (const screen of /** @type {const} */ (['duty', 'absence'])) assert.deepEqual(readRoute(address(screen, '7')), { screen, id: '7' });
  assert.deepEqual(readRoute('#/enrol/7K4Q-29PX-MW3T-H8RD'), { screen: 'enrol', id: '7K4Q-29PX-MW3T-H8RD' });
  for (const page of ['terminaux', 'verrou', 'notifications']) assert.deepEqual(readRoute(address('settings', page)), { screen: 'settings', id: page });
  for (const hash of ['', '#', '#/', '#/rien', '#/demandes']) assert.deepEqual(readRoute(hash), { screen: 'inbox', id: null });
  assert.deepEqual(readRoute('#/demandes/%E0'), { screen: 'request', id: '%E0' });
});

test('what others decide about my time is said, what I decide is not', () => {
  const me = { id: 1, name: 'Sacha', roles: ['gendarme'] };
  const chief = { id: 3, name: 'Claude Roux' };
  /** @param {ReturnType<typeof docOfKind>[]} docs */
  const view = (...docs) => fold([], docs, me);
  const opening = (/** @type {Partial<import('../types').OpeningDoc>} */ changes) => docOfKind('opening', anOpening(changes));
  const absence = (/** @type {Partial<import('../types').AbsenceDoc>} */ changes) => docOfKind('absence', anAbsence(changes));
  const before = view(opening({ id: 'yes' }), opening({ id: 'own' }), opening({ id: 'theirs', proposed_by: chief, agent: null }),
    absence({ id: 'gone' }), absence({ id: 'over', ends_at: '2026-11-24T09:00:00Z' }));
  const after = view(
    opening({ id: 'yes', state: 'refused', decided_by: chief, word: 'Salle prise' }),
    opening({ id: 'own', state: 'withdrawn', decided_by: me }),
    opening({ id: 'theirs', proposed_by: chief, agent: null, state: 'approved', decided_by: chief }),
    absence({ id: 'new', declared_by: chief }),
    absence({ id: 'mine' }),
  );
  assert.deepEqual(decisions(before, after, 1, NOON).map(({ id, values }) => [id, values.name, values.word]), [
    ['yes.opening_refused', 'Claude Roux', 'Salle prise'], ['new.absence_declared', 'Claude Roux', ''], ['gone.absence_gone', '', ''],
  ]);
  const cancel = { seq: 1, op: /** @type {const} */ ('absence.cancel'), args: { absence_id: 'a1' }, at: '2026-11-24T13:00:00Z' };
  assert.deepEqual(decisions(fold([cancel], [absence({})], me), view(), 1, NOON), []);
  // A planning is read again and again; what it does not say any more nobody has decided.
  assert.deepEqual(decisions(view(absence({ source: 'planning', declared_by: null })), view(), 1, NOON), []);
});

test('an hour that comes twice is the first, one that does not come is read with the clock of before', () => {
  assert.equal(instantOf('2026-10-25', '02:30', 'Europe/Paris'), '2026-10-25T00:30:00.000Z');
  assert.equal(instantOf('2026-10-25', '03:00', 'Europe/Paris'), '2026-10-25T02:00:00.000Z');
  assert.equal(instantOf('2026-03-29', '02:30', 'Europe/Paris'), '2026-03-29T01:30:00.000Z');
  assert.equal(instantOf('2026-11-24', '08:00', 'Pacific/Marquesas'), '2026-11-24T17:30:00.000Z');
  assert.deepEqual(wallOf('2026-11-24T17:30:00Z', 'Pacific/Marquesas'), { day: '2026-11-24', time: '08:00' });
  assert.deepEqual([addDays('2026-10-24', 2), addDays('2026-03-01', -1)], ['2026-10-26', '2026-02-28']);
});

test('every quarter of an hour of a year goes into its zone and comes back', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 4 * 24 * 365 }), fc.constantFrom('Europe/Paris', 'Pacific/Marquesas', 'America/Miquelon'), (quarter, zone) => {
    const at = Date.UTC(2026, 0, 1) + quarter * 900_000;
    const { day, time } = wallOf(at, zone);
    const back = Date.parse(instantOf(day, time, zone));
    assert.ok(back === at || back === at - 3_600_000, 'the first of two, or itself');
    assert.deepEqual(wallOf(back, zone), { day, time });
  }));
});

test('periods are said with the day’s name, whole days as days', () => {
  const paris = periodFormat('fr', 'Europe/Paris', NOON);
  /** @param {string} starts_at @param {string} ends_at */
  const said = (starts_at, ends_at) => paris({ starts_at, ends_at });
  assert.equal(said('2026-11-24T13:30:00Z', '2026-11-24T15:00:00Z'), 'mardi 24 novembre, de 14\u00a0h\u00a030 à 16\u00a0h\u00a000');
  assert.equal(said('2026-11-24T20:00:00Z', '2026-11-24T23:00:00Z'), 'mardi 24 novembre, de 21\u00a0h\u00a000 à minuit');
  assert.equal(said('2026-11-23T23:00:00Z', '2026-11-24T23:00:00Z'), 'mardi 24 novembre, toute la journée');
  assert.equal(said('2026-10-23T22:00:00Z', '2026-10-26T23:00:00Z'), 'du samedi 24 octobre au lundi 26 octobre');
  assert.equal(formatter('fr', 'Europe/Paris', Date.UTC(2026, 10, 30)).moment('2026-12-01T13:30:00Z'), 'mardi 1er décembre à 14\u00a0h\u00a030');
  assert.equal(said('2026-12-31T21:00:00Z', '2027-01-01T05:00:00Z'), 'du jeudi 31 décembre à 22\u00a0h\u00a000 au vendredi 1er janvier 2027 à 6\u00a0h\u00a000');
  assert.equal(periodFormat('en', 'Europe/Paris', NOON)({ starts_at: '2026-11-24T13:30:00Z', ends_at: '2026-11-24T15:00:00Z' }).replace(',', ''), 'Tuesday 24 November, 14:30 to 16:00'.replace(',', ''));
});

test('the agenda’s addresses lead where they say', () => {
  assert.deepEqual(readRoute('#/agenda'), { screen: 'agenda', id: null });
  assert.equal(address('agenda'), '#/agenda');
  for (const screen of /** @type {const} */ (['appointment', 'assign', 'swap', 'propose', 'cancel'])) {
    assert.deepEqual(readRoute(address(screen, 'p/1')), { screen, id: 'p/1' });
  }
  assert.equal(address('swap', 'p1'), '#/agenda/p1/echanger');
  assert.deepEqual(readRoute('#/agenda/p1/nowhere'), { screen: 'appointment', id: 'p1' });
});

test('whoever’s appointment somebody else changed is told', () => {
  const me = [{ id: 1, name: 'Sacha' }];
  /** @param {Partial<import('../types').AppointmentDoc> | null} doc */
  const view = (doc) => fold([], doc ? [docOfKind('appointment', anAppointment(doc))] : [], { id: 1, name: 'Sacha', roles: [] });
  /** @param {Partial<import('../types').AppointmentDoc> | null} before @param {Partial<import('../types').AppointmentDoc>} after */
  const told = (before, after) => decisions(view(before), view(after), 1, NOON).map(({ what }) => what);
  assert.deepEqual(told({}, { agents: me }), ['appointment_given']);
  assert.deepEqual(told({ agents: me }, {}), ['appointment_taken_away']);
  assert.deepEqual(told({ agents: me }, { agents: me, state: 'cancelled', ended_at: '2026-11-24T14:00:00Z' }), ['appointment_cancelled']);
  assert.deepEqual(told({ agents: me }, { agents: me, state: 'honoured' }), []);
  assert.deepEqual(told(null, { agents: me }), []);
  const taking = view({});
  taking.appointments.set('p1', { ...anAppointment(), agents: me, pending: ['appointment.take'] });
  assert.deepEqual(decisions(taking, view({ agents: me }), 1, NOON), []);
});
