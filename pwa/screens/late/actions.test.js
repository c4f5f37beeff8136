// Who reads what climbs, and whose answer it is when it comes.

import assert from 'node:assert/strict';
import test, { beforeEach, mock } from 'node:test';
import { Store } from '../../store.js';
import { Offline, Problem } from '../../sync/api.js';
import { anAgent } from '../../testing/samples.js';
import { createLateActions } from './actions.js';

/** @typedef {{answer: (answer: any) => void, refuse: (error: Error) => void}} Asked */

/** @type {Store<any>} */
let store;
/** @type {Asked[]} what the server has been asked and not answered yet */
let asked;

beforeEach(() => {
  asked = [];
  Object.assign(globalThis, { document: { hidden: false }, addEventListener: () => undefined });
});

/** @param {number} id @param {...string} roles */
const held = (id, ...roles) => ({ me: { agent: anAgent({ id, roles: /** @type {any} */ (roles) }), unit_id: 7 }, cursor: 'c' });
const answerAt = (/** @type {string} */ at) => ({ at, everywhere: false, total: 0, late: 0, waiting: [], cursor: null, ended: [], alerts: [] });
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {ReturnType<typeof held>} who */
function atTheDesk(who) {
  store = new Store({ phase: 'ready', locked: false, held: who, network: { state: 'up' }, route: { screen: 'desk' } });
  const ask = () => new Promise((answer, refuse) => asked.push({ answer, refuse }));
  return createLateActions({ store, engine: /** @type {any} */ ({ ask, sync: async () => undefined }) });
}

test('who answers for waits reads them at the desk: a chief, and a supervisor who serves in a unit', () => {
  for (const [roles, reads] of /** @type {[string[], number][]} */ ([[['chief'], 1], [['gendarme', 'supervisor'], 1], [['gendarme'], 0]])) {
    asked = [];
    atTheDesk(held(1, ...roles));
    assert.equal(asked.length, reads, roles.join());
  }
});

test('an answer for somebody else is nobody’s', async () => {
  const acts = atTheDesk(held(1, 'chief'));
  store.set({ held: held(2, 'chief') });
  const [first, second] = asked;
  second.answer(answerAt('2026-11-24T14:00:00Z'));
  await settled();
  first.answer(answerAt('2026-11-24T13:00:00Z'));
  await settled();
  assert.equal(acts.read().answer?.at, '2026-11-24T14:00:00Z');
});

test('nor is a failure, nor the end of the wait for it', async () => {
  mock.method(console, 'error', () => undefined);
  for (const error of [new Offline('no answer'), new Problem(403, 'answers_for_nobody', {}), new Error('odd')]) {
    asked = [];
    const acts = atTheDesk(held(1, 'chief'));
    store.set({ held: held(2, 'chief') });
    const [first, second] = asked;
    first.refuse(error);
    await settled();
    assert.deepEqual([acts.read().failed, acts.read().loading], [null, true]);
    second.answer(answerAt('2026-11-24T14:00:00Z'));
    await settled();
    assert.deepEqual([acts.read().failed, acts.read().loading], [null, false]);
  }
});
