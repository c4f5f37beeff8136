import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { daysOf, nthOf, readRule, weekdayOf, writeRule } from './recurrence.js';
import { recurrenceWords } from './recurrence-words.js';

const NOW = Date.parse('2026-11-24T13:30:00Z');
const TUESDAY = '2026-12-01';

/** @param {string} text @param {'fr' | 'en'} [language] */
const words = (text, language = 'fr') =>
  recurrenceWords({ starts_at: '2026-12-01T08:00:00Z', ends_at: '2026-12-01T11:00:00Z', recurrence: text }, language, 'Europe/Paris', NOW).replaceAll('\u00a0', ' ');

/** @param {string} text @param {string} [from] */
const days = (text, from = TUESDAY) => daysOf(readRule(text, '09:00', 'Europe/Paris'), TUESDAY, from, 4);

test('a rule is said as people say it', () => {
  const hours = 'de 9 h 00 à 12 h 00, à partir du mardi 1er décembre';
  for (const [text, said] of [
    ['FREQ=WEEKLY', `tous les mardis, ${hours}, sans date de fin`],
    ['FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261231', `tous les lundis et jeudis, ${hours}, jusqu’au jeudi 31 décembre`],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270630', `un mardi sur deux, ${hours}, jusqu’au mercredi 30 juin 2027`],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE', `les lundis, mardis et mercredis, une semaine sur deux, ${hours}, sans date de fin`],
    ['FREQ=WEEKLY;INTERVAL=3', `le mardi, toutes les 3 semaines, ${hours}, sans date de fin`],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', `du lundi au vendredi, ${hours}, sans date de fin`],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU', `tous les jours, ${hours}, sans date de fin`],
    ['FREQ=MONTHLY;BYDAY=4TU', `le quatrième mardi du mois, ${hours}, sans date de fin`],
    ['FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU,-1FR', `le premier mardi et le dernier vendredi, un mois sur deux, ${hours}, sans date de fin`],
    ['FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU', `le premier mardi, tous les 3 mois, ${hours}, sans date de fin`],
  ]) assert.equal(words(text), said);
  assert.equal(words('FREQ=WEEKLY;INTERVAL=2', 'en'), 'every other Tuesday, 09:00 to 12:00, from Tuesday 1 December, with no end date');
  assert.equal(words('FREQ=YEARLY'), 'FREQ=YEARLY');
});

test('the next days are those that the server stores', () => {
  assert.deepEqual(days('FREQ=WEEKLY;INTERVAL=2'), ['2026-12-01', '2026-12-15', '2026-12-29', '2027-01-12']);
  assert.deepEqual(days('FREQ=WEEKLY;BYDAY=MO,TU'), ['2026-12-01', '2026-12-07', '2026-12-08', '2026-12-14']);
  // Weeks begin on Monday: the Monday before the first Tuesday belongs to the week that counts.
  assert.deepEqual(days('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU'), ['2026-12-01', '2026-12-14', '2026-12-15', '2026-12-28']);
  assert.deepEqual(days('FREQ=WEEKLY;UNTIL=20261208'), ['2026-12-01', '2026-12-08']);
  assert.deepEqual(days('FREQ=MONTHLY;BYDAY=-1FR'), ['2026-12-25', '2027-01-29', '2027-02-26', '2027-03-26']);
  assert.deepEqual(days('FREQ=MONTHLY;BYDAY=5TU'), ['2026-12-29', '2027-03-30', '2027-06-29', '2027-08-31']);
  assert.deepEqual(days('FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU', '2027-03-01'), ['2027-04-06', '2027-06-01', '2027-08-03', '2027-10-05']);
  assert.deepEqual(daysOf(null, TUESDAY, '2026-11-24', 4), [TUESDAY]);
  assert.deepEqual(daysOf(null, TUESDAY, '2026-12-02', 4), []);
  assert.deepEqual([weekdayOf(TUESDAY), nthOf(TUESDAY), nthOf('2026-12-29')], [1, 1, 5]);
});

test('what is written is read back', () => {
  const day = fc.constantFrom('2026-12-31', '2027-06-30', null);
  const weekly = fc.record({ every: fc.constant('weekly'), interval: fc.integer({ min: 1, max: 52 }), weekdays: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }), nths: fc.constant([]), until: day }, { noNullPrototype: true });
  const nth = fc.record({ nth: fc.constantFrom(1, 2, 3, 4, 5, -1), weekday: fc.integer({ min: 0, max: 6 }) }, { noNullPrototype: true });
  const monthly = fc.record({ every: fc.constant('monthly'), interval: fc.integer({ min: 1, max: 12 }), weekdays: fc.constant([]), nths: fc.array(nth, { minLength: 1, maxLength: 3 }), until: day }, { noNullPrototype: true });
  fc.assert(fc.property(fc.oneof(weekly, monthly), (rule) => {
    const typed = /** @type {import('./recurrence.js').Rule} */ (/** @type {unknown} */ (rule));
    assert.deepEqual(readRule(writeRule(typed), '09:00', 'Europe/Paris'), typed);
  }));
});
