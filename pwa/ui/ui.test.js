import assert from 'node:assert/strict';
import test from 'node:test';
import { address, readRoute } from '../router.js';
import { aRequest, viewWith } from '../testing/samples.js';
import { arrivals, departures } from './changes.js';
import { formatter } from './format.js';
import { groups } from './groups.js';
import { readablePhone } from './phone.js';
import { elapsedShare } from './ring.js';
import { keyOr, loadLanguage, translator } from './translate.js';

const NOON = Date.parse('2026-11-24T13:30:00Z');
/** @param {Partial<import('../types').RequestDoc>} [changes] */
const mine = (changes) => aRequest({ state: 'accepted', accepted_by: { id: 1, name: 'Sacha' }, accepted_at: '2026-11-24T13:00:00Z', ...changes });

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
  assert.deepEqual(departures(before, after, 1).map(({ requestId, what, to }) => [requestId, what, to]), [
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
  for (const screen of /** @type {const} */ (['settings', 'terminals', 'pin', 'enrol'])) assert.deepEqual(readRoute(address(screen)), { screen, id: null });
  assert.deepEqual(readRoute('#/enrol/7K4Q-29PX-MW3T-H8RD'), { screen: 'enrol', id: '7K4Q-29PX-MW3T-H8RD' });
  assert.deepEqual(readRoute('#/reglages/rien'), { screen: 'settings', id: null });
  for (const hash of ['', '#', '#/', '#/rien', '#/demandes']) assert.deepEqual(readRoute(hash), { screen: 'inbox', id: null });
  assert.deepEqual(readRoute('#/demandes/%E0'), { screen: 'request', id: '%E0' });
});

test('holes are filled, unknown keys fall back', () => {
  assert.equal(translator('fr')('waiting_many', { n: 3 }), '3 actions en attente d’envoi');
  assert.equal(keyOr('event_nothing', 'history'), 'history');
});
