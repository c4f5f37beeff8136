// Who reads plannings and agendas and when, what an action leaves on the page, and that nothing outlives its page.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach, mock } from 'node:test';
import { Store } from '../../store.js';
import { Offline, Problem } from '../../sync/api.js';
import { anAgent } from '../../testing/samples.js';
import { createCalendarActions, explained, fieldErrors } from './actions.js';
import { CALENDARS, editAt, NEW_AGENDA, NEW_PLANNING, planningAt } from './places.js';

/** @type {Store<any>} */
let store;
/** @type {[string, string, unknown][]} */
let asked;
/** @type {(method: string, path: string, body?: any) => Promise<any>} */
let answer;
/** @type {string[]} */
let focused;
/** @type {() => void} what a change of address sets off */
let moved;

const LISTS = { '/api/plannings': [], '/api/calendar-exports': [], '/api/calendar-exports/settings': { subject: false, place: false } };
const settled = () => new Promise((resolve) => setImmediate(resolve));

const RealFormData = globalThis.FormData;
afterEach(() => { globalThis.FormData = RealFormData; });
beforeEach(() => {
  asked = [];
  focused = [];
  answer = async (method, path) => (method === 'GET' ? LISTS[/** @type {keyof typeof LISTS} */ (path)] : null);
  Object.assign(globalThis, {
    document: { hidden: false, querySelector: (/** @type {string} */ name) => ({ focus: () => focused.push(name) }) },
    requestAnimationFrame: (/** @type {() => void} */ run) => run(),
    addEventListener: (/** @type {string} */ _, /** @type {() => void} */ heard) => { moved = heard; },
    location: { hash: CALENDARS },
    FormData: class {
      constructor(/** @type {Record<string, string>} */ fields) {
        this.get = (/** @type {string} */ name) => fields[name] ?? null;
        this.getAll = (/** @type {string} */ name) => (name in fields ? [fields[name]] : []);
        this.has = (/** @type {string} */ name) => name in fields;
      }
    },
  });
});

/** @param {number} [id] */
const held = (id = 1) => ({ me: { agent: anAgent({ id }), unit_id: 7 }, cursor: 'c', docs: [] });

async function atThePage(hash = CALENDARS) {
  location.hash = hash;
  store = new Store({ phase: 'ready', locked: false, held: held(), network: { state: 'up' } });
  const engine = {
    ask: (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
      asked.push([method, path, body]);
      return answer(method, path, body);
    },
    sync: async () => undefined,
  };
  const acts = createCalendarActions({ store, engine: /** @type {any} */ (engine) });
  await settled();
  return acts;
}

/**
 * A form is the fields that stand in it; a trial of any succeeds.
 * @param {Record<string, string>} fields
 */
function formOf(fields) {
  answer = async (method, path) => {
    if (method === 'POST') return { id: 't' };
    if (path.startsWith('/api/calendar-trials/')) return { state: 'succeeded', code: null, found: { read: 1, taken: 1, header: ['Matricule', 'Date', 'Position'] } };
    return LISTS[/** @type {keyof typeof LISTS} */ (path)];
  };
  return /** @type {HTMLFormElement} */ (/** @type {unknown} */ (fields));
}

/** @param {Record<string, string>} fields @returns {any} */
const submitted = (fields) => ({ preventDefault: () => undefined, currentTarget: fields });

/**
 * A change is answered when it is let go; `asked` once somebody waits for it.
 * @param {unknown} told
 */
function heldBack(told) {
  let [arrive, ask] = [() => undefined, () => undefined];
  const here = new Promise((resolve) => { ask = () => void resolve(null); });
  answer = (method, path) => {
    if (method === 'GET') return Promise.resolve(LISTS[/** @type {keyof typeof LISTS} */ (path)]);
    ask();
    return new Promise((resolve) => { arrive = () => void resolve(told); });
  };
  return { asked: here, arrive: () => arrive() };
}

/** Go where a link leads. @param {string} hash */
const go = (hash) => {
  location.hash = hash;
  store.set({});
};

const planning = /** @type {import('./shapes').Planning} */ (/** @type {unknown} */ ({ id: 'p', kind: 'ical', name: 'Sacha', tried_at: null }));
const feed = { id: 'f', kind: 'feed', name: 'Rendez-vous', url: 'https://brigade.example/agenda/secret.ics' };

test('the three lists are read on the page, and only there', async () => {
  await atThePage('#/demandes');
  assert.equal(asked.length, 0);
  const acts = await atThePage();
  assert.deepEqual(asked.map(([, path]) => path), Object.keys(LISTS));
  assert.deepEqual([acts.read().status, acts.read().shown], ['ready', { subject: false, place: false }]);
});

test('they are read again when the feed has changed or the network is back, and not at each tick', async () => {
  await atThePage();
  const reads = () => asked.length / 3;
  store.set({ now: 1 });
  await settled();
  assert.equal(reads(), 1);
  store.set({ held: { ...held(), cursor: 'd' } });
  await settled();
  assert.equal(reads(), 2);
  store.set({ network: { state: 'offline' } });
  store.set({ network: { state: 'up' } });
  await settled();
  assert.equal(reads(), 3);
});

test('without network what was read last stays, and is said to be that', async () => {
  const acts = await atThePage();
  answer = async () => { throw new Offline('no answer'); };
  acts.retry();
  await settled();
  assert.deepEqual([acts.read().status, acts.read().plannings], ['offline', []]);
  await acts.sources.pause(planning);
  assert.deepEqual([acts.read().page.error?.key, acts.read().page.busy, focused.at(-1)], ['cal_offline_act', null, '#calendar-error']);
});

test('an address that is shown once goes with its page, and with its owner', async () => {
  const acts = await atThePage();
  answer = async (method, path) => (method === 'POST' ? feed : LISTS[/** @type {keyof typeof LISTS} */ (path)]);
  await acts.exports.makeFeed('Rendez-vous');
  assert.equal(acts.read().page.feed, feed.url);
  go(NEW_PLANNING);
  assert.equal(acts.read().page.feed, null);
  go(CALENDARS);
  await acts.exports.makeFeed('Rendez-vous');
  store.set({ held: held(2) });
  assert.deepEqual([acts.read().page.feed, acts.read().plannings], [null, null]);
});

test('what is revoked leads back to the list, which says so', async () => {
  const acts = await atThePage(planningAt('p'));
  await acts.sources.revoke(planning);
  assert.deepEqual(asked.find(([method]) => method === 'DELETE'), ['DELETE', '/api/plannings/p', undefined]);
  assert.equal(location.hash, CALENDARS);
  store.set({});
  assert.deepEqual(acts.read().page.done, { key: 'cal_revoked', values: { name: 'Sacha' } });
  moved();
  assert.equal(focused.at(-1), '#calendar-done');
  go(NEW_PLANNING);
  assert.equal(acts.read().page.done, null);
});

test('one thing at a time, and what comes back late changes no other page', async () => {
  const acts = await atThePage(planningAt('p'));
  /** @type {(value: unknown) => void} */
  let let_go = () => undefined;
  answer = (method, path) => (method === 'PATCH' ? new Promise((resolve) => { let_go = resolve; }) : Promise.resolve(LISTS[/** @type {keyof typeof LISTS} */ (path)]));
  const first = acts.sources.pause(planning);
  await acts.sources.pause(planning);
  assert.equal(asked.filter(([method]) => method === 'PATCH').length, 1);
  go(CALENDARS);
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
    const acts = await atThePage(editAt('p'));
    const { arrive, asked: waiting } = heldBack({ id: 'x', name: 'Boîte' });
    const done = act(acts);
    await waiting;
    go('#/demandes/1/noter');
    arrive();
    await done;
    assert.equal(location.hash, '#/demandes/1/noter');
    // Nor from the same page that somebody has come back to, and writes on.
    go(editAt('p'));
    assert.deepEqual([acts.read().page.done, acts.read().page.busy], [null, null]);
  }
});

test('what is added again because no answer came is the same one, and anything else another', async () => {
  for (const [at, add] of /** @type {[string, (acts: import('./actions.js').CalendarActions, name: string) => Promise<void>][]} */ ([
    [NEW_AGENDA, ({ exports }, name) => exports.add(submitted({ name, mail: 'a@example.fr' }), 'mail')],
    [NEW_PLANNING, ({ sources }, name) => sources.add(submitted({ name, url: 'https://a.example/a.ics', poll_minutes: '15', silent_after_minutes: '1440' }), 'ical')],
  ])) {
    const acts = await atThePage(at);
    const lists = answer;
    answer = async () => { throw new Offline('no answer'); };
    await add(acts, 'Un');
    await add(acts, 'Deux');
    answer = async (method, path) => (method === 'POST' ? { id: 'x', name: 'Deux' } : lists(method, path));
    await add(acts, 'Deux');
    const [one, other, again] = asked.filter(([method, path]) => method === 'POST' && !path.endsWith('/poll')).map(([, , body]) => body);
    assert.match(/** @type {{id: string}} */ (one).id, /^[0-9a-f-]{36}$/);
    assert.notEqual(/** @type {{id: string}} */ (one).id, /** @type {{id: string}} */ (other).id);
    assert.deepEqual(again, other);
    // What is there no more is not asked for for ever.
    answer = async (method, path) => {
      if (method === 'POST') throw new Problem(404, 'no_such_planning', {});
      return lists(method, path);
    };
    go('#/');
    go(at);
    await add(acts, 'Deux');
    assert.equal(acts.read().page.sent, null);
    asked = [];
  }
});

test('what ends behind the lock has ended when the page comes back', async () => {
  const acts = await atThePage(planningAt('p'));
  const paused = heldBack(null);
  const done = acts.sources.pause(planning);
  await paused.asked;
  store.set({ locked: true });
  focused = [];
  paused.arrive();
  await done;
  assert.deepEqual(focused, []);
  store.set({ locked: false });
  assert.deepEqual([acts.read().page.busy, acts.read().page.done?.key], [null, 'cal_paused_done']);
  const made = heldBack(feed);
  const making = acts.exports.makeFeed('Rendez-vous');
  await made.asked;
  store.set({ locked: true });
  made.arrive();
  await making;
  store.set({ locked: false });
  assert.equal(acts.read().page.feed, feed.url);
});

test('what an action has changed is read after it, also where a reading was on its way', async () => {
  const acts = await atThePage(planningAt('p'));
  let paused = false;
  /** @type {(value: unknown) => void} */
  let arrive = () => undefined;
  answer = (method, path) => {
    if (method === 'PATCH') paused = true;
    if (path !== '/api/plannings') return Promise.resolve(LISTS[/** @type {keyof typeof LISTS} */ (path)]);
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

test('reading now waits for the reading, and says what came of it', async () => {
  const acts = await atThePage(planningAt('p'));
  const at = '2026-11-24T13:00:01Z';
  for (const [failure, said] of /** @type {[object | null, string][]} */ ([[null, 'done'], [{ code: 'timeout', at }, 'error']])) {
    let looks = 0;
    answer = async (method, path) => {
      if (path !== '/api/plannings') return LISTS[/** @type {keyof typeof LISTS} */ (path)];
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

test('a form goes on with the columns that were tried', async () => {
  const acts = await atThePage(NEW_PLANNING);
  await acts.sources.test(formOf({ url: 'https://a.example/t.csv', column_agent: 'Matricule', column_day: 'Date', column_position: 'Position', word: 'PAM' }), 'positions_daily', null);
  const { columns, header, errors } = acts.read().page;
  assert.deepEqual([columns?.agent, header, errors], ['Matricule', ['Matricule', 'Date', 'Position'], {}]);
});

test('every refusal is said in words, and by its code where there are none', () => {
  mock.method(console, 'error', () => undefined);
  assert.equal(explained(new Offline('no answer')).key, 'cal_offline_act');
  assert.equal(explained(new Problem(429, 'too_many', {})).key, 'cal_often');
  assert.equal(explained(new Problem(403, 'chief_only', {})).key, 'cal_problem_chief_only');
  // The server's own word for an address of its own that it does not have says nothing of a calendar.
  assert.deepEqual(explained(new Problem(404, 'not_found', {})), { key: 'cal_error', values: { code: 'not_found' } });
  assert.equal(explained(new Error('odd')).key, 'cal_error');
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
