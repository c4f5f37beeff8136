import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anAgent, aRequest, docOf, entryOf } from '../testing/samples.js';
import { fold } from './fold.js';
import { MUTATIONS } from './mutations.js';

const me = anAgent();
const colleague = anAgent({ id: 2, name: 'Lou Petit' });

test('an empty outbox shows what the server said', () => {
  const request = aRequest();
  const unit = { id: 7, name: 'Belley', phone: null, time_zone: 'Europe/Paris', latitude: null, longitude: null };
  const view = fold([], [docOf(request), { k: 'unit/7', v: 0, body: unit }], me);
  assert.deepEqual(view.unit, unit);
  assert.deepEqual([...view.requests.values()], [{ ...request, pending: [] }]);
});

test('accept, note and close show at once, with their marks', () => {
  const outbox = [
    entryOf(1, 'request.accept'),
    entryOf(2, 'request.note', { text: 'Sans réponse' }),
    entryOf(3, 'request.close', { outcome: 'unreachable' }),
  ];
  const item = fold(outbox, [docOf(aRequest())], me).requests.get('r1');
  assert.ok(item && item.state === 'done');
  assert.equal(item.accepted_by?.id, me.id);
  assert.equal(item.outcome, 'unreachable');
  assert.deepEqual(item.pending, ['request.accept', 'request.note', 'request.close']);
  assert.deepEqual(item.history.filter(({ pending }) => pending).map(({ name }) => name),
    ['request_accepted', 'request_noted', 'request_closed']);
});

test('giving back undoes an accept', () => {
  const item = fold([entryOf(1, 'request.accept'), entryOf(2, 'request.release')], [docOf(aRequest())], me).requests.get('r1');
  assert.ok(item && item.state === 'waiting');
  assert.equal(item.accepted_by, null);
});

test('a transfer leaves the trace and takes the citizen’s words away', () => {
  const outbox = [{ ...entryOf(1, 'request.transfer', { to_unit_id: 9 }), hint: { to_unit_name: 'Culoz' } }];
  const item = fold(outbox, [docOf(aRequest())], me).requests.get('r1');
  assert.ok(item && item.state === 'transferred');
  assert.deepEqual(item.to_unit, { id: 9, name: 'Culoz' });
  assert.equal(JSON.stringify(item).includes('Camille'), false);
});

test('where the server would refuse, nothing is shown that is not so', () => {
  const taken = aRequest({ state: 'accepted', accepted_by: colleague, accepted_at: '2026-11-24T13:40:00+00:00' });
  for (const op of /** @type {const} */ (['request.accept', 'request.release', 'request.close', 'request.transfer'])) {
    const item = fold([entryOf(1, op, { outcome: 'handled', to_unit_id: 9 })], [docOf(taken)], me).requests.get('r1');
    assert.ok(item && item.state === 'accepted', op);
    assert.equal(item.accepted_by?.id, colleague.id, op);
    assert.deepEqual(item.pending, [op]);
  }
  const ended = fold([entryOf(1, 'request.accept')], [docOf(aRequest({ state: 'withdrawn' }))], me).requests.get('r1');
  assert.equal(ended?.state, 'withdrawn');
});

test('a chief may give back and close a colleague’s request', () => {
  const chief = anAgent({ roles: ['chief'] });
  const taken = aRequest({ state: 'accepted', accepted_by: colleague, accepted_at: '2026-11-24T13:40:00+00:00' });
  assert.equal(fold([entryOf(1, 'request.release')], [docOf(taken)], chief).requests.get('r1')?.state, 'waiting');
  assert.equal(fold([entryOf(1, 'request.close', { outcome: 'handled' })], [docOf(taken)], chief).requests.get('r1')?.state, 'done');
});

test('a mutation on a request that has left, or of a newer version, harms nothing', () => {
  const unknown = { ...entryOf(1, 'request.accept'), op: /** @type {any} */ ('appointment.take') };
  const view = fold([entryOf(1, 'request.accept', { request_id: 'gone' }), unknown], [docOf(aRequest())], me);
  assert.equal(view.requests.size, 1);
  assert.equal(view.requests.get('r1')?.state, 'waiting');
});

test('folding is pure, and folding in two steps is folding at once', () => {
  const ops = /** @type {import('../types').Op[]} */ (Object.keys(MUTATIONS));
  const entries = fc.array(fc.record({
    op: fc.constantFrom(...ops),
    id: fc.constantFrom('r1', 'r2', 'gone'),
    outcome: fc.constantFrom(/** @type {const} */ ('handled'), 'mistake'),
  }), { maxLength: 12 });
  const states = fc.constantFrom(/** @type {const} */ ('waiting'), 'accepted', 'done', 'withdrawn', 'expired');
  fc.assert(fc.property(entries, states, fc.constantFrom(me, colleague), (list, state, owner) => {
    const accepted_by = state === 'accepted' || state === 'done' ? { id: owner.id, name: owner.name } : null;
    const base = [docOf(aRequest({ id: 'r1' })), docOf(aRequest({ id: 'r2', state, accepted_by }))];
    const outbox = list.map(({ op, id, outcome }, index) => entryOf(index + 1, op, { request_id: id, outcome, to_unit_id: 9, text: 'x' }));
    const before = JSON.stringify([base, outbox]);
    const view = fold(outbox, base, me);
    assert.equal(JSON.stringify([base, outbox]), before);
    assert.deepEqual(fold(outbox, base, me), view);
    for (const item of view.requests.values()) {
      assert.deepEqual(item.pending, outbox.filter(({ args }) => args.request_id === item.id).map(({ op }) => op));
      // The rule of the database, kept by every sequence of taps: who has an owner, and who has an outcome.
      if (item.state === 'transferred') continue;
      if (item.state === 'accepted') assert.ok(item.accepted_by);
      if (item.state === 'waiting') assert.equal(item.accepted_by, null);
      const colleagues = item.accepted_by !== null && item.accepted_by.id !== me.id;
      if (colleagues) assert.equal(item.state, state, 'a colleague’s request never moves by my taps');
    }
  }));
});
