import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { emptyView } from '../sync/fold.js';
import { anAbsence, anAppointment as anyAppointment, anOccurrence, anOpening, aRequest } from '../testing/samples.js';
import { instantOf } from '../ui/zone.js';
import { address, readRoute } from '../router.js';
import { outside } from './concerned.js';
import { chosen, hourBounds, moved, WHOLE_DAY, within } from './cursor.js';
import { daysFrom, mondayOf, partOn, timeOf } from './days.js';
import { carried, made } from './drag.js';
import { gapsOf, slotsIn, without } from './free-slots.js';
import { dayOf, hoursOf, under } from './lanes.js';
import { numbersOf } from './numbers.js';
import { readOpeningAt, usualFrom, writeOpeningAt } from './opening-at.js';
import { shareOf } from './people.js';

const ZONE = 'Europe/Paris';
const NOW = Date.parse('2026-11-24T13:30:00Z');
/** @param {Partial<import('../types').AppointmentDoc>} [changes] */
const anAppointment = (changes) => anyAppointment({
  id: 'ap1', starts_at: '2026-11-26T13:00:00Z', ends_at: '2026-11-26T13:45:00Z', free_at: '2026-11-26T14:00:00Z', counter: { id: 11, number: 1 }, ...changes,
});
const HALF = { code: 'complaint', duration: 45, buffer: 15 };
/** @type {(gaps: Parameters<typeof slotsIn>[0], reason: Parameters<typeof slotsIn>[1]) => number} */
const left = (gaps, reason) => slotsIn(gaps, reason, NOW);

/**
 * @param {object} held
 * @param {import('../types').OccurrenceDoc[]} [held.occurrences]
 * @param {import('../types').AppointmentDoc[]} [held.appointments]
 * @param {import('../types').AbsenceDoc[]} [held.absences]
 * @param {import('../types').OpeningDoc[]} [held.openings]
 * @param {import('../types').RequestDoc[]} [held.requests]
 */
function viewOf({ occurrences = [], appointments = [], absences = [], openings = [], requests = [] }) {
  const byId = (/** @type {any[]} */ items, extra = {}) => new Map(items.map((item) => [item.id, { pending: [], ...extra, ...item }]));
  return {
    ...emptyView(),
    occurrences: byId(occurrences),
    appointments: byId(appointments),
    absences: byId(absences, { cancelled: false }),
    openings: byId(openings),
    requests: byId(requests),
    reasons: [
      { code: 'complaint', fr: 'Porter plainte', en: 'Report a crime', duration: 45, buffer: 15 },
      { code: 'proxy_vote', fr: 'Procuration', en: 'Proxy vote', duration: 15, buffer: 0 },
      { code: 'other', fr: 'Autre', en: 'Other' },
      { code: 'message', fr: 'Laisser un mot', en: 'Leave a word', duration: 15, buffer: 0, bookable: false },
    ],
  };
}

test('a week begins on Monday, across months and years', () => {
  assert.deepEqual(['2026-11-23', '2026-11-24', '2026-11-29', '2027-01-02'].map(mondayOf), ['2026-11-23', '2026-11-23', '2026-11-23', '2026-12-28']);
  assert.deepEqual(daysFrom('2026-12-30', 3), ['2026-12-30', '2026-12-31', '2027-01-01']);
});

test('what lies on a day is where the clock on the wall says', () => {
  const night = { starts_at: '2026-11-24T21:00:00Z', ends_at: '2026-11-25T05:30:00Z' };
  assert.deepEqual(partOn(night, '2026-11-24', ZONE), { from: 1320, to: 1440 });
  assert.deepEqual(partOn(night, '2026-11-25', ZONE), { from: 0, to: 390 });
  assert.equal(partOn(night, '2026-11-26', ZONE), null);
  // Until midnight is no part of the next day.
  assert.equal(partOn({ starts_at: '2026-11-24T21:00:00Z', ends_at: '2026-11-24T23:00:00Z' }, '2026-11-25', ZONE), null);
  // Summer, and the day on which the clock goes back: two o'clock in the afternoon is at the same height.
  assert.deepEqual(partOn({ starts_at: '2026-07-14T12:00:00Z', ends_at: '2026-07-14T13:00:00Z' }, '2026-07-14', ZONE), { from: 840, to: 900 });
  assert.deepEqual(partOn({ starts_at: '2026-10-25T13:00:00Z', ends_at: '2026-10-25T14:00:00Z' }, '2026-10-25', ZONE), { from: 840, to: 900 });
  assert.deepEqual(partOn({ starts_at: '2026-10-25T00:30:00Z', ends_at: '2026-10-25T01:15:00Z' }, '2026-10-25', ZONE), { from: 150, to: 165 });
  assert.equal(partOn({ starts_at: '2026-11-24T13:00:00Z', ends_at: '2026-11-24T14:00:00Z' }, '2026-11-24', 'Pacific/Marquesas')?.from, 210);
});

test('the parts of a period on its days are the whole of it, in any zone without a clock change', () => {
  const zones = fc.constantFrom('Pacific/Marquesas', 'America/Cayenne', 'Indian/Reunion', 'Pacific/Noumea');
  fc.assert(fc.property(zones, fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 3000 }), (zone, start, minutes) => {
    const from = Date.parse('2026-11-24T00:00:00Z') + start * 60_000;
    const period = { starts_at: new Date(from).toISOString(), ends_at: new Date(from + minutes * 60_000).toISOString() };
    const parts = daysFrom(new Date(from - 86_400_000).toISOString().slice(0, 10), 6).map((day) => partOn(period, day, zone));
    assert.equal(parts.reduce((sum, part) => sum + (part ? part.to - part.from : 0), 0), minutes);
  }));
});

test('free time is what is open and not taken, counter by counter', () => {
  const occurrence = anOccurrence({ counters: [{ id: 11, number: 1 }, { id: 12, number: 2 }] });
  const held = { occurrences: [occurrence], appointments: [anAppointment()], absences: [] };
  // Three hours with one appointment of an hour at one of two counters: two and three more.
  assert.equal(left(gapsOf(held, NOW), HALF), 5);
  assert.equal(left(gapsOf({ ...held, appointments: [anAppointment({ state: 'cancelled' })] }, NOW), HALF), 6);
  assert.equal(left(gapsOf({ ...held, appointments: [anAppointment({ state: 'held' })] }, NOW), HALF), 5);
  assert.equal(left(gapsOf({ ...held, occurrences: [anOccurrence({ closed_because: 'holiday', closed_name: 'Noël', counters: [] })] }, NOW), HALF), 0);
  // From now on, rounded up to five minutes: 15 h 16 leaves 44 minutes at each counter, and 15 h 00 an hour.
  assert.equal(left(gapsOf(held, Date.parse('2026-11-26T15:01:00Z')), HALF), 0);
  assert.equal(left(gapsOf(held, Date.parse('2026-11-26T14:58:00Z')), HALF), 2);
});

test('a reason counts only what serves it', () => {
  const gaps = gapsOf({ occurrences: [anOccurrence({ reasons: ['proxy_vote'] })], appointments: [], absences: [] }, NOW);
  assert.equal(left(gaps, HALF), 0);
  assert.equal(left(gaps, { code: 'proxy_vote', duration: 15, buffer: 0 }), 12);
});

test('a reason counts only times where it can be received, and that one can still book', () => {
  const occurrence = anOccurrence({ place: { kind: 'town_hall', name: 'Virieu' } });
  const gaps = gapsOf({ occurrences: [occurrence], appointments: [], absences: [] }, NOW);
  assert.deepEqual([['unit'], ['unit', 'town_hall'], undefined].map((place_kinds) => left(gaps, { ...HALF, place_kinds })), [0, 3, 3]);
  // It is open from 13 to 16 h, two days ahead less half an hour.
  assert.deepEqual([47.5, 48.5, 49.5, 50.6].map((hours) => left(gaps, { ...HALF, notice: hours * 60 })), [3, 2, 1, 0]);
});

test('the absence of a named gendarme closes their counter, that of another none', () => {
  const occurrence = anOccurrence({ agent: { id: 1, name: 'Sacha Martin' } });
  const absence = { ...anAbsence({ starts_at: '2026-11-26T14:00:00Z', ends_at: '2026-11-26T15:00:00Z' }), cancelled: false };
  const count = (/** @type {any} */ changes) => left(gapsOf({ occurrences: [occurrence], appointments: [], absences: [{ ...absence, ...changes }] }, NOW), HALF);
  assert.equal(count({}), 2);
  assert.equal(count({ cancelled: true }), 3);
  assert.equal(count({ agent: { id: 2, name: 'Alex' } }), 3);
  // Nor can a gendarme who is named sit at two counters at once.
  const elsewhere = anAppointment({ counter: { id: 99, number: 9 }, agents: [{ id: 1, name: 'Sacha Martin' }] });
  assert.equal(left(gapsOf({ occurrences: [occurrence], appointments: [elsewhere], absences: [] }, NOW), HALF), 2);
});

test('what is left of a span never overlaps what was taken, and both together are all of it', () => {
  const span = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 40 })).map(([from, length]) => ({ from, to: from + length }));
  fc.assert(fc.property(span, fc.array(span), (whole, taken) => {
    const left = without(whole, taken);
    for (let at = whole.from; at < whole.to; at += 1) {
      const has = (/** @type {{from: number, to: number}[]} */ spans) => spans.filter(({ from, to }) => from <= at && at < to).length;
      assert.equal(has(left), has(taken) ? 0 : 1);
    }
    assert.ok(left.every(({ from, to }) => whole.from <= from && from < to && to <= whole.to));
  }));
});

test('a day has a lane for each counter, and further ones for what is proposed', () => {
  const view = viewOf({
    occurrences: [anOccurrence({ counters: [{ id: 11, number: 1 }, { id: 13, number: 3 }] })],
    appointments: [anAppointment({ counter: { id: 13, number: 3 } }), anAppointment({ id: 'gone', state: 'moved', counter: { id: 12, number: 2 } })],
    openings: [
      anOpening({ id: 'p1' }),
      anOpening({ id: 'p2', starts_at: '2026-11-26T14:00:00Z', ends_at: '2026-11-26T17:00:00Z' }),
      anOpening({ id: 'p3', starts_at: '2026-11-26T17:00:00Z', ends_at: '2026-11-26T18:00:00Z' }),
      anOpening({ id: 'o1', state: 'approved' }),
    ],
  });
  const day = dayOf(view, '2026-11-26', ZONE);
  assert.deepEqual(day.counters, [1, 3]);
  assert.equal(day.lanes, 4);
  assert.deepEqual(day.blocks.map(({ kind, item, lane }) => [kind, item.id, lane]), [
    ['occurrence', 'oc1', 0], ['occurrence', 'oc1', 1], ['proposal', 'p1', 2], ['proposal', 'p2', 3], ['proposal', 'p3', 2], ['appointment', 'ap1', 1],
  ]);
  assert.deepEqual(hoursOf([day]), { from: 480, to: 1140 });
  const cell = under(day, 840, 870);
  assert.deepEqual([cell.appointments.length, cell.occurrences.length, cell.proposals.length, cell.free], [1, 1, 1, 1]);
  assert.equal(under(day, 900, 930).free, 2);
  assert.deepEqual(dayOf(view, '2026-11-27', ZONE), { day: '2026-11-27', counters: [], lanes: 1, blocks: [], absences: [], holiday: null });
});

test('a proposal that comes back is drawn on each of its days, at the same hour through a clock change', () => {
  const weekly = anOpening({ starts_at: '2026-10-20T12:00:00Z', ends_at: '2026-10-20T15:00:00Z', recurrence: 'FREQ=WEEKLY;BYDAY=TU,TH', changes: [
    { day: '2026-11-24', starts_at: null, ends_at: null },
    { day: '2026-11-26', starts_at: '2026-11-27T08:00:00Z', ends_at: '2026-11-27T10:00:00Z' },
  ] });
  const on = (/** @type {string} */ day) => dayOf(viewOf({ openings: [weekly] }), day, ZONE).blocks.map(({ from, to }) => [from, to]);
  assert.deepEqual(on('2026-10-22'), [[840, 1020]]);
  assert.deepEqual(on('2026-10-27'), [[840, 1020]]);
  assert.deepEqual([on('2026-11-24'), on('2026-11-26'), on('2026-11-27'), on('2026-10-19')], [[], [], [[540, 660]], []]);
  // Past midnight: the end of it lies on the next day.
  const night = anOpening({ starts_at: '2026-11-02T21:00:00Z', ends_at: '2026-11-03T01:00:00Z', recurrence: 'FREQ=WEEKLY;BYDAY=MO' });
  const nights = (/** @type {string} */ day) => dayOf(viewOf({ openings: [night] }), day, ZONE).blocks.map(({ from, to }) => [from, to]);
  assert.deepEqual([nights('2026-11-09'), nights('2026-11-10')], [[[1320, 1440]], [[0, 120]]]);
});

test('what was approved here is drawn until its occurrences come', () => {
  const opening = anOpening({ state: 'approved' });
  const approved = { ...opening, pending: ['opening.approve'] };
  assert.equal(dayOf(viewOf({ openings: [/** @type {any} */ (approved)] }), '2026-11-26', ZONE).blocks.length, 1);
  assert.equal(dayOf(viewOf({ openings: [/** @type {any} */ (approved)], occurrences: [anOccurrence()] }), '2026-11-26', ZONE).blocks.length, 1);
  assert.equal(dayOf(viewOf({ openings: [opening] }), '2026-11-26', ZONE).blocks.length, 0);
});

test('holidays and the absence of whom an opening names are hatched, with their names', () => {
  const agent = { id: 1, name: 'Sacha Martin' };
  const absence = anAbsence({ starts_at: '2026-11-26T12:00:00Z', ends_at: '2026-11-26T14:00:00Z' });
  const day = dayOf(viewOf({ occurrences: [anOccurrence({ agent })], absences: [absence] }), '2026-11-26', ZONE);
  assert.deepEqual(day.blocks.filter(({ kind }) => kind === 'absence').map(({ from, to, lane }) => [from, to, lane]), [[840, 900, 0]]);
  assert.equal(day.absences.length, 1);
  assert.equal(under(day, 840, 870).free, 0);
  // What is closed has no counters any more, and still lies where it would have been.
  const closed = dayOf(viewOf({ occurrences: [anOccurrence({ closed_because: 'holiday', closed_name: 'Noël', counters: [] })] }), '2026-11-26', ZONE);
  assert.equal(closed.holiday, 'Noël');
  assert.deepEqual(closed.blocks.map(({ kind, lane }) => [kind, lane]), [['occurrence', 0]]);
  assert.equal(under(closed, 840, 870).free, 0);
  // What the chief has dropped, or what is for holidays only, is not there at all.
  for (const closed_because of /** @type {const} */ (['dropped', 'not_holiday'])) {
    assert.equal(dayOf(viewOf({ occurrences: [anOccurrence({ closed_because, counters: [] })] }), '2026-11-26', ZONE).blocks.length, 0);
  }
});

test('a gendarme has what they took, what names them and when they are away', () => {
  const agent = { id: 1, name: 'Sacha Martin' };
  const view = viewOf({
    occurrences: [anOccurrence(), anOccurrence({ id: 'named', agent })],
    appointments: [anAppointment({ agents: [agent] }), anAppointment({ id: 'two', agents: [agent], agents_needed: 2 }), anAppointment({ id: 'free' }), anAppointment({ id: 'over', state: 'honoured' })],
    absences: [anAbsence({ starts_at: '2026-11-25T23:00:00Z', ends_at: '2026-11-26T23:00:00Z' })],
  });
  const ids = (/** @type {number | null} */ id) => {
    const share = shareOf(view, '2026-11-26', ZONE, id);
    return [share.appointments, share.occurrences, share.absences].map((items) => items.map((item) => item.id));
  };
  assert.deepEqual(ids(1), [['ap1', 'two'], ['named'], ['a1']]);
  // Nobody has it, or somebody is still missing; what is over needs nobody.
  assert.deepEqual(ids(null), [['two', 'free'], ['oc1'], []]);
  assert.deepEqual(ids(2), [[], [], []]);
});

test('the numbers are those of this week, and say nothing of what is not decided', () => {
  const at = (/** @type {string} */ time) => instantOf('2026-11-24', time, ZONE);
  const taken = { accepted_by: { id: 1, name: 'Sacha' }, state: /** @type {const} */ ('accepted') };
  const requests = [
    aRequest({ id: 'waits', created_at: at('14:00'), due_at: at('16:00') }),
    aRequest({ id: 'late', created_at: at('09:00'), due_at: at('11:00') }),
    aRequest({ id: 'in time', created_at: at('09:00'), due_at: at('11:00'), accepted_at: at('10:59'), ...taken }),
    aRequest({ id: 'too late', created_at: at('09:00'), due_at: at('11:00'), accepted_at: at('11:01'), ...taken }),
    aRequest({ id: 'withdrawn', created_at: at('09:00'), due_at: at('11:00'), state: 'withdrawn', ended_at: at('09:30') }),
    aRequest({ id: 'expired', created_at: at('09:00'), due_at: at('11:00'), state: 'expired', ended_at: at('12:00') }),
    aRequest({ id: 'last week', created_at: '2026-11-22T08:00:00Z', due_at: '2026-11-22T10:00:00Z', accepted_at: '2026-11-22T12:00:00Z', ...taken }),
  ];
  const ended = (/** @type {string} */ id, /** @type {import('../types').AppointmentState} */ state, ends_at = at('10:00')) =>
    anAppointment({ id, state, starts_at: ends_at, ends_at, free_at: ends_at });
  const appointments = [ended('1', 'honoured'), ended('2', 'no_show'), ended('3', 'cancelled'), ended('4', 'no_show', '2026-11-16T10:00:00Z')];
  const numbers = numbersOf(viewOf({ requests, appointments, occurrences: [anOccurrence()] }), NOW, ZONE);
  assert.equal(numbers.waiting, 2);
  assert.equal(numbers.oldest, at('09:00'));
  assert.deepEqual(numbers.taken, { inTime: 1, of: 4 });
  assert.deepEqual(numbers.noShows, { missed: 1, of: 2 });
  assert.deepEqual(numbers.left.map(({ reason, count }) => [reason.code, count]), [['complaint', 3], ['proxy_vote', 12]]);
});

test('minutes are said as clocks do', () => {
  assert.deepEqual([0, 570, 1439].map(timeOf), ['00:00', '09:30', '23:59']);
});

const BOUNDS = hourBounds({ from: 480, to: 1140 }, true);

test('arrows go from hour to hour and from day to day, through the row of the whole day', () => {
  const start = { day: '2026-11-24', row: 540, from: null };
  const go = (/** @type {string[]} */ ...keys) => keys.reduce((cursor, key) => moved(cursor, { key, shift: false }, BOUNDS, true) ?? cursor, /** @type {import('./cursor.js').Cursor} */ (start));
  assert.deepEqual(go('ArrowDown', 'ArrowRight'), { day: '2026-11-25', row: 570, from: null });
  assert.equal(go('ArrowUp', 'ArrowUp', 'ArrowUp').row, WHOLE_DAY);
  assert.equal(go('ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown').row, 480);
  assert.equal(go(...Array(50).fill('ArrowDown')).row, 1110);
  assert.deepEqual(['Home', 'End', 'PageDown', 'PageUp'].map((key) => go(key).day), ['2026-11-23', '2026-11-29', '2026-12-01', '2026-11-17']);
  assert.equal(moved(start, { key: 'x', shift: false }, BOUNDS, true), null);
  // A telephone shows one day: a page is a day, and there is no beginning of a row to go to.
  const phone = hourBounds({ from: 480, to: 1140 }, false);
  assert.deepEqual(['Home', 'PageDown'].map((key) => moved(start, { key, shift: false }, phone, true)?.day), ['2026-11-24', '2026-11-25']);
  assert.deepEqual(within({ ...start, row: 1300 }, BOUNDS, true).row, 1110);
  assert.deepEqual(within({ ...start, row: WHOLE_DAY }, { ...BOUNDS, first: 0 }, false).row, 0);
});

test('with shift, arrows choose several hours, in both directions', () => {
  const press = (/** @type {import('./cursor.js').Cursor} */ cursor, /** @type {string} */ key) => moved(cursor, { key, shift: true }, BOUNDS, true) ?? cursor;
  const down = press(press({ day: '2026-11-24', row: 540, from: null }, 'ArrowDown'), 'ArrowDown');
  assert.deepEqual(chosen(down), { from: 540, to: 630 });
  const up = press({ day: '2026-11-24', row: 540, from: null }, 'ArrowUp');
  assert.deepEqual(chosen(up), { from: 510, to: 570 });
  // Not into the row of the whole day, which has no hours.
  assert.equal(press({ day: '2026-11-24', row: 480, from: null }, 'ArrowUp').row, 480);
});

test('a drag makes whole quarters of an hour, in either direction, within its day', () => {
  const at = (/** @type {number} */ minute, day = '2026-11-24') => ({ day, minute });
  assert.deepEqual(made(at(541), at(718)), { day: '2026-11-24', from: 540, to: 720 });
  assert.deepEqual(made(at(718), at(541, '2026-11-27')), { day: '2026-11-24', from: 540, to: 720 });
  assert.deepEqual(made(at(541), at(543)), { day: '2026-11-24', from: 540, to: 570 });
  assert.equal(made(at(1420), at(1439)).to, 1439);
  assert.deepEqual(carried({ from: 540, to: 720 }, at(600), at(670, '2026-11-25')), { day: '2026-11-25', from: 615, to: 795 });
  assert.deepEqual(carried({ from: 540, to: 720 }, at(600), at(0)), { day: '2026-11-24', from: 0, to: 180 });
});

test('the hours of a new opening are in its address, and anything else is none', () => {
  const text = writeOpeningAt('2026-11-24', usualFrom(540));
  assert.equal(text, '2026-11-24T09:00-12:00');
  const route = readRoute(address('opening', text));
  assert.deepEqual([route.screen, readOpeningAt(route.id)], ['opening', { day: '2026-11-24', from: '09:00', to: '12:00' }]);
  assert.deepEqual(readOpeningAt('2026-11-24'), { day: '2026-11-24', from: '', to: '' });
  assert.deepEqual([null, '', 'x', '2026-99-99', '2026-11-24T9-12'].map(readOpeningAt), [null, null, null, null, null]);
  assert.equal(readRoute('#/dispo/creneau').id, null);
  assert.deepEqual(['week', 'why'].map((screen) => readRoute(address(/** @type {'week'} */ (screen))).screen), ['week', 'why']);
});

test('other hours concern the appointments that they do not hold, pause included', () => {
  const later = anAppointment({ id: 'later', starts_at: '2026-11-26T15:00:00Z', ends_at: '2026-11-26T15:45:00Z', free_at: '2026-11-26T16:00:00Z' });
  const view = viewOf({ appointments: [later, anAppointment(), anAppointment({ id: 'gone', state: 'cancelled' }), anAppointment({ id: 'other', occurrence_id: 'oc2' })].map((one) => ({ ...one, occurrence_id: one.occurrence_id ?? 'oc1' })) });
  const ids = (/** @type {{starts_at: string, ends_at: string} | null} */ hours) => outside(view.appointments.values(), { id: 'oc1' }, hours).map(({ id }) => id);
  assert.deepEqual(ids(null), ['ap1', 'later']);
  assert.deepEqual(ids({ starts_at: '2026-11-26T13:30:00Z', ends_at: '2026-11-26T15:50:00Z' }), ['ap1', 'later']);
  assert.deepEqual(ids({ starts_at: '2026-11-26T13:00:00Z', ends_at: '2026-11-26T15:00:00Z' }), ['later']);
  assert.deepEqual(ids({ starts_at: '2026-11-26T12:00:00Z', ends_at: '2026-11-26T16:00:00Z' }), []);
});
