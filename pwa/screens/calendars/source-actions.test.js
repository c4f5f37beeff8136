// Trying, adding and reading: what the form says is what is tried, what was tried is what is kept, and it is kept once.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';
import { Offline, Problem } from '../../sync/api.js';
import { CalendarPage, listAt, planning, submitted } from '../../testing/calendar-page.js';
import { NEW_AGENDA, NEW_PLANNING, planningAt } from './places.js';

/** @type {CalendarPage} */
let page;
beforeEach(() => { page = new CalendarPage(); });
afterEach(() => page.close());

const TABLE = {
  url: 'https://a.example/t.csv', column_agent: 'Matricule', column_day: 'Date', column_position: 'Position',
  column_until_day: 'Date de fin', column_since: 'Début', column_until: 'Fin', word: 'PAM',
};

/**
 * A form is the fields that stand in it; a trial of any succeeds.
 * @param {Record<string, string>} fields
 */
function formOf(fields) {
  page.answer = async (method, path) => {
    if (method === 'POST') return { id: 't' };
    if (path.startsWith('/api/calendar-trials/')) return { state: 'succeeded', code: null, found: { read: 1, taken: 1, header: ['Matricule', 'Date', 'Position'] } };
    return listAt(path);
  };
  return /** @type {HTMLFormElement} */ (/** @type {unknown} */ (fields));
}

test('what is added again because no answer came is the same one, and anything else another', async () => {
  for (const [at, add] of /** @type {[string, (acts: import('./actions.js').CalendarActions, name: string) => Promise<void>][]} */ ([
    [NEW_AGENDA, ({ exports }, name) => exports.add(submitted({ name, mail: 'a@example.fr' }), 'mail')],
    [NEW_PLANNING, ({ sources }, name) => sources.add(submitted({ name, url: 'https://a.example/a.ics', poll_minutes: '15', silent_after_minutes: '1440' }), 'ical')],
  ])) {
    const acts = await page.open(at);
    const lists = page.answer;
    page.answer = async () => { throw new Offline('no answer'); };
    await add(acts, 'Un');
    await add(acts, 'Deux');
    page.answer = async (method, path) => (method === 'POST' ? { id: 'x', name: 'Deux' } : lists(method, path));
    await add(acts, 'Deux');
    const [one, other, again] = page.asked.filter(([method, path]) => method === 'POST' && !path.endsWith('/poll')).map(([, , body]) => body);
    assert.match(/** @type {{id: string}} */ (one).id, /^[0-9a-f-]{36}$/);
    assert.notEqual(/** @type {{id: string}} */ (one).id, /** @type {{id: string}} */ (other).id);
    assert.deepEqual(again, other);
    // What is there no more is not page.asked for for ever.
    page.answer = async (method, path) => {
      if (method === 'POST') throw new Problem(404, 'no_such_planning', {});
      return lists(method, path);
    };
    page.go('#/');
    page.go(at);
    await add(acts, 'Deux');
    assert.equal(acts.read().page.sent, null);
    page.asked = [];
  }
});

test('a limit that is left as is usual is left to the server', async () => {
  const acts = await page.open(NEW_PLANNING);
  for (const [silent, said] of /** @type {[string, number | undefined][]} */ ([['0', undefined], ['1440', 1440]])) {
    page.asked = [];
    await acts.sources.add(submitted({ name: 'Prévision', url: 'https://a.example/a.ics', poll_minutes: '240', silent_after_minutes: silent }), 'ical');
    const [[, , body]] = page.asked.filter(([method]) => method === 'POST');
    assert.equal(/** @type {Record<string, unknown>} */ (body).silent_after_minutes, said);
  }
});

test('reading now waits for the reading, and says what came of it', async () => {
  const acts = await page.open(planningAt('p'));
  const at = '2026-11-24T13:00:01Z';
  for (const [failure, said] of /** @type {[object | null, string][]} */ ([[null, 'done'], [{ code: 'timeout', at }, 'error']])) {
    let looks = 0;
    page.answer = async (method, path) => {
      if (method === 'POST') return { tried_at: null };
      if (path !== '/api/plannings') return listAt(path);
      const begun = { ...planning, tried_at: '2026-11-24T13:00:00Z', succeeded_at: '2026-11-24T12:00:00Z', failure: null };
      looks += 1;
      // At the first look the worker has begun, and has not been answered.
      if (looks === 1) return [begun];
      return [failure ? { ...begun, failure } : { ...begun, succeeded_at: at }];
    };
    await acts.sources.poll(planning);
    assert.equal(looks > 1, true);
    assert.equal(acts.read().page[/** @type {'done' | 'error'} */ (said)]?.key, failure ? 'cal_poll_failed' : 'cal_poll_done');
  }
});

test('a reading that the clock has begun before is not the one that was page.asked for', async () => {
  const acts = await page.open(planningAt('p'));
  const before = '2026-11-24T13:00:00Z';
  let looks = 0;
  page.answer = async (method, path) => {
    if (method === 'POST') return { tried_at: before };
    if (path !== '/api/plannings') return listAt(path);
    looks += 1;
    const [at, failure] = looks === 1 ? [before, null] : ['2026-11-24T13:00:02Z', { code: 'timeout', at: '2026-11-24T13:00:03Z' }];
    return [{ ...planning, tried_at: at, succeeded_at: before, failure }];
  };
  page.asked = [];
  await acts.sources.poll(planning);
  assert.deepEqual([acts.read().page.error?.key, acts.read().page.done], ['cal_poll_failed', null]);
  // Nothing else is page.asked for meanwhile.
  assert.deepEqual(page.asked.map(([, path]) => path), ['/api/plannings/p/poll', '/api/plannings', '/api/plannings']);
});

test('a planning that is revoked while it is read is said to be gone', async () => {
  const acts = await page.open(planningAt('p'));
  page.answer = async (method, path) => (method === 'POST' ? { tried_at: null } : listAt(path));
  await acts.sources.poll(planning);
  assert.equal(acts.read().page.error?.key, 'cal_gone');
});

test('a form goes on with the columns that were tried', async () => {
  const acts = await page.open(NEW_PLANNING);
  await acts.sources.test(formOf(TABLE), 'positions_daily', null);
  const { columns, header, errors } = acts.read().page;
  assert.deepEqual([columns?.agent, header, errors], ['Matricule', ['Matricule', 'Date', 'Position'], {}]);
});

test('what was tried is forgotten once something else stands in the form', async () => {
  const typed = (/** @type {string} */ name) => /** @type {any} */ ({ target: { name } });
  const acts = await page.open(NEW_PLANNING);
  const form = formOf(TABLE);
  for (const name of ['url', 'user', 'password', 'column_day', 'word', 'position']) {
    await acts.sources.test(form, 'positions_daily', null);
    acts.touched(typed('name'));
    assert.equal(acts.read().page.trial?.state, 'succeeded');
    acts.touched(typed(name));
    assert.equal(acts.read().page.trial, null, name);
  }
  await acts.sources.test(form, 'positions_daily', null);
  acts.sources.removeWord([{ key: 1, word: 'PAM', position: 'employed' }, { key: 2, word: 'PA', position: 'employed' }], 1);
  assert.equal(acts.read().page.trial, null);
  // Why a test failed stays until what it failed on is mended, and is tried again.
  const trials = page.answer;
  page.answer = async (method, path) => (path.startsWith('/api/calendar-trials/') ? { state: 'failed', code: 'missing_column', found: { header: ['A'] } } : trials(method, path));
  await acts.sources.test(form, 'positions_daily', null);
  acts.touched(typed('column_day'));
  assert.equal(acts.read().page.trial?.code, 'missing_column');
});

test('nor does a test of it go on', async () => {
  for (const [at, test] of /** @type {[string, (acts: import('./actions.js').CalendarActions) => Promise<void>][]} */ ([
    [NEW_AGENDA, ({ exports }) => exports.test(/** @type {any} */ ({ url: 'https://a.example/' }), null)],
    [NEW_PLANNING, ({ sources }) => sources.test(/** @type {any} */ ({ url: 'https://a.example/' }), 'ical', null)],
  ])) {
    const acts = await page.open(at);
    const trial = page.heldBack({ id: 't' });
    const done = test(acts);
    await trial.asked;
    acts.touched(/** @type {any} */ ({ target: { name: 'url' } }));
    page.answer = async () => ({ state: 'succeeded', code: null, found: {} });
    trial.arrive();
    await done;
    assert.deepEqual([acts.read().page.trial, acts.read().page.busy], [null, null]);
  }
});
