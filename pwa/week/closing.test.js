import assert from 'node:assert/strict';
import test from 'node:test';
import { fold } from '../sync/fold.js';
import { anAgent, anAppointment, anOccurrence, anOpening, docOfKind } from '../testing/samples.js';
import { dropOf, openOnHolidays } from './closing.js';

const ZONE = 'Europe/Paris';
const NOW = Date.parse('2026-11-24T13:30:00Z');

/** @param {import('../types').HolidayRule | undefined} holiday_rule @param {Partial<import('../types').OccurrenceDoc>} [occurrence] */
function viewOf(holiday_rule, occurrence) {
  return fold([], [
    docOfKind('opening', anOpening({ state: 'approved', holiday_rule })),
    docOfKind('occurrence', anOccurrence(occurrence)),
    docOfKind('appointment', anAppointment({ occurrence_id: 'oc1' })),
    docOfKind('appointment', anAppointment({ id: 'elsewhere', occurrence_id: 'oc2' })),
  ], anAgent({ roles: ['chief'] }));
}

test('closing a day drops what would be open on a public holiday, and nothing else', () => {
  const found = (/** @type {import('../types').HolidayRule | undefined} */ rule, /** @type {Partial<import('../types').OccurrenceDoc>} */ occurrence = {}, day = '2026-11-26') =>
    openOnHolidays(viewOf(rule, occurrence), day, ZONE, NOW).length;
  assert.deepEqual(['closed', undefined, 'open', 'only'].map((rule) => found(/** @type {any} */ (rule))), [0, 0, 1, 1]);
  // What opens on public holidays only is closed until the day becomes one.
  assert.equal(found('only', { closed_because: 'not_holiday' }), 1);
  assert.equal(found('open', { closed_because: 'dropped' }), 0);
  assert.equal(found('open', { starts_at: '2026-11-24T08:00:00Z', ends_at: '2026-11-24T11:00:00Z' }, '2026-11-24'), 0);
  // Half past midnight in the unit is of the next day.
  assert.equal(found('open', { starts_at: '2026-11-26T23:30:00Z', ends_at: '2026-11-27T01:00:00Z' }, '2026-11-27'), 1);
});

test('whoever has an appointment in it is offered other times and reads why', () => {
  const view = viewOf('open');
  assert.deepEqual(openOnHolidays(view, '2026-11-26', ZONE, NOW).map((one) => dropOf(view, one, 'Panne')),
    [{ opening_id: 'o1', day: '2026-11-26', word: 'Panne', appointments: { p1: 'reoffer' } }]);
});
