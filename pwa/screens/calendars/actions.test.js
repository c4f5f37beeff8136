// Who reads plannings and agendas and when, what an action leaves on the page, and that nothing outlives its page.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach, mock } from 'node:test';
import { Offline, Problem } from '../../sync/api.js';
import { CalendarPage, feed, held, listAt, LISTS, planning, settled, submitted } from '../../testing/calendar-page.js';
import { explained, fieldErrors } from './actions.js';
import { CALENDARS, editAt, NEW_AGENDA, NEW_PLANNING, planningAt } from './places.js';

/** @type {CalendarPage} */
let page;
beforeEach(() => { page = new CalendarPage(); });
afterEach(() => page.close());

test('the three lists are read on the page, and only there', async () => {
  await page.open('#/demandes');
  assert.equal(page.asked.length, 0);
  const acts = await page.open();
  assert.deepEqual(page.asked.map(([, path]) => path), Object.keys(LISTS));
  assert.deepEqual([acts.read().status, acts.read().shown], ['ready', { subject: false, place: false }]);
});

test('they are read again when the feed has changed or the network is back, and not at each tick', async () => {
  await page.open();
  const reads = () => page.asked.length / 3;
  page.store.set({ now: 1 });
  await settled();
  assert.equal(reads(), 1);
  page.store.set({ held: { ...held(), cursor: 'd' } });
  await settled();
  assert.equal(reads(), 2);
  page.store.set({ network: { state: 'offline' } });
  page.store.set({ network: { state: 'up' } });
  await settled();
  assert.equal(reads(), 3);
});

test('who comes to a page where they were just read sees what a moment later', async () => {
  await page.open();
  page.go(NEW_PLANNING);
  page.go(CALENDARS);
  await settled();
  const reads = () => page.asked.length / 3;
  assert.equal(reads(), 1);
  while (reads() < 2) await settled();
  page.store.set({});
  await settled();
  assert.equal(reads(), 2);
});

test('without network what was read last stays, and is said to be that', async () => {
  const acts = await page.open();
  page.answer = async () => { throw new Offline('no answer'); };
  acts.retry();
  await settled();
  assert.deepEqual([acts.read().status, acts.read().plannings], ['offline', []]);
  await acts.sources.pause(planning);
  assert.deepEqual([acts.read().page.error?.key, acts.read().page.busy, page.focused.at(-1)], ['cal_offline_done', null, '#calendar-error']);
});

test('an address that is shown once goes with its page, and with its owner', async () => {
  const acts = await page.open();
  page.answer = async (method, path) => (method === 'POST' ? feed : listAt(path));
  await acts.exports.makeFeed('Rendez-vous');
  assert.equal(acts.read().page.feed, feed.url);
  page.go(NEW_PLANNING);
  assert.equal(acts.read().page.feed, null);
  page.go(CALENDARS);
  await acts.exports.makeFeed('Rendez-vous');
  page.store.set({ held: held(2) });
  assert.deepEqual([acts.read().page.feed, acts.read().plannings], [null, null]);
});

test('what is revoked leads back to the list, which says so', async () => {
  const acts = await page.open(planningAt('p'));
  await acts.sources.revoke(planning);
  assert.deepEqual(page.asked.find(([method]) => method === 'DELETE'), ['DELETE', '/api/plannings/p', undefined]);
  assert.equal(location.hash, CALENDARS);
  page.store.set({});
  assert.deepEqual(acts.read().page.done, { key: 'cal_revoked', values: { name: 'Sacha' } });
  page.moved();
  assert.equal(page.focused.at(-1), '#calendar-done');
  page.go(NEW_PLANNING);
  assert.equal(acts.read().page.done, null);
});

test('one thing at a time, and what comes back late changes no other page', async () => {
  const acts = await page.open(planningAt('p'));
  /** @type {(value: unknown) => void} */
  let let_go = () => undefined;
  page.answer = (method, path) => (method === 'PATCH' ? new Promise((resolve) => { let_go = resolve; }) : Promise.resolve(listAt(path)));
  const first = acts.sources.pause(planning);
  await acts.sources.pause(planning);
  assert.equal(page.asked.filter(([method]) => method === 'PATCH').length, 1);
  page.go(CALENDARS);
  let_go(null);
  await first;
  assert.deepEqual([acts.read().page.done, acts.read().page.busy], [null, null]);
});

test('what is saved late leads nobody away from where they are by then', async () => {
  for (const act of [
    (/** @type {import('./actions.js').CalendarActions} */ { sources }) => sources.edit(submitted({ name: 'Sacha', poll_minutes: '15', silent_after_minutes: '1440' }), planning),
    (/** @type {import('./actions.js').CalendarActions} */ { sources }) => sources.revoke(planning),
    (/** @type {import('./actions.js').CalendarActions} */ { exports }) => exports.add(submitted({ name: 'Boîte', mail: 'a@example.fr' }), 'mail'),
  ]) {
    const acts = await page.open(editAt('p'));
    const { arrive, asked: waiting } = page.heldBack({ id: 'x', name: 'Boîte' });
    const done = act(acts);
    await waiting;
    page.go('#/demandes/1/noter');
    arrive();
    await done;
    assert.equal(location.hash, '#/demandes/1/noter');
    // Nor from the same page that somebody has come back to, and writes on.
    page.go(editAt('p'));
    assert.deepEqual([acts.read().page.done, acts.read().page.busy], [null, null]);
  }
});

test('what ends behind the lock has ended when the page comes back', async () => {
  const acts = await page.open(planningAt('p'));
  const paused = page.heldBack(null);
  const done = acts.sources.pause(planning);
  await paused.asked;
  page.store.set({ locked: true });
  page.focused = [];
  paused.arrive();
  await done;
  assert.deepEqual(page.focused, []);
  page.store.set({ locked: false });
  assert.deepEqual([acts.read().page.busy, acts.read().page.done?.key], [null, 'cal_paused_done']);
  const made = page.heldBack(feed);
  const making = acts.exports.makeFeed('Rendez-vous');
  await made.asked;
  page.store.set({ locked: true });
  made.arrive();
  await making;
  page.store.set({ locked: false });
  assert.equal(acts.read().page.feed, feed.url);
});

test('what an action has changed is read after it, also where a reading was on its way', async () => {
  const acts = await page.open(planningAt('p'));
  let paused = false;
  /** @type {(value: unknown) => void} */
  let arrive = () => undefined;
  page.answer = (method, path) => {
    if (method === 'PATCH') paused = true;
    if (path !== '/api/plannings') return Promise.resolve(listAt(path));
    const lists = [{ ...planning, paused_at: paused ? 'now' : null }];
    return paused ? Promise.resolve(lists) : new Promise((resolve) => { arrive = () => resolve(lists); });
  };
  acts.retry();
  const act = acts.sources.pause(planning);
  await settled();
  arrive(null);
  await act;
  assert.equal(acts.read().plannings?.[0].paused_at, 'now');
});

test('every refusal is said in words, and by its code where there are none', () => {
  mock.method(console, 'error', () => undefined);
  assert.equal(explained(new Offline('no answer')).key, 'cal_offline_act');
  assert.deepEqual(explained(new Problem(429, 'too_many', { retry_after: 61 })), { key: 'cal_often_many', values: { n: 2 } });
  assert.deepEqual(explained(new Problem(429, 'too_many', { retry_after: 9 })), { key: 'cal_often_one', values: { n: 1 } });
  assert.equal(explained(new Problem(403, 'chief_only', {})).key, 'cal_problem_chief_only');
  // The server's own word for an address of its own that it does not have says nothing of a calendar.
  assert.deepEqual(explained(new Problem(404, 'not_found', {})), { key: 'cal_error', values: { code: 'not_found' } });
  assert.equal(explained(new Error('odd')).key, 'cal_error');
});

test('only where something was written it is said to stay, and what may be done already is', () => {
  const offline = (/** @type {string} */ busy) => explained(new Offline('no answer'), busy).key;
  for (const busy of ['add', 'edit', 'test']) assert.equal(offline(busy), 'cal_offline_act');
  for (const busy of ['pause', 'poll', 'run', 'revoke', 'shown', 'upload']) assert.equal(offline(busy), 'cal_offline_done');
  assert.equal(offline('feed'), 'cal_offline_feed');
  assert.equal(explained(new Problem(503, 'database_away', {}), 'pause').key, 'cal_error_done');
});

test('what no field can say is said of all', async () => {
  const acts = await page.open(NEW_AGENDA);
  for (const [fields, errors] of /** @type {[Record<string, string>, Record<string, string>][]} */ ([
    [{ agent_id: 'unreadable' }, {}], [{ columns: 'unreadable' }, {}], [{ agent_id: 'unreadable', mail: 'unreadable' }, { mail: 'cal_mail_missing' }],
  ])) {
    page.answer = async () => { throw new Problem(422, 'invalid_arguments', { fields }); };
    await acts.exports.add(submitted({ name: 'Boîte', mail: 'a@example.fr' }), 'mail');
    assert.deepEqual([acts.read().page.error?.key, acts.read().page.errors], ['cal_problem_invalid_arguments', errors]);
  }
});

test('what is wrong with a field is said at the field', () => {
  const refused = (/** @type {Record<string, string>} */ fields) => fieldErrors(new Problem(422, 'invalid_arguments', { fields }));
  assert.deepEqual(refused({ url: 'not_https', silent_after_minutes: 'too_short', name: 'too_long' }), {
    url: 'cal_why_not_https', silent_after_minutes: 'cal_field_too_short', name: 'cal_name_missing',
  });
  assert.deepEqual(refused({ url: 'missing', password: 'too_long' }), { url: 'cal_url_missing', password: 'cal_field_wrong' });
  assert.equal(refused({ kind: 'unknown' }), null);
  assert.equal(fieldErrors(new Problem(403, 'chief_only', {})), null);
});
