// The terminal's half of the protocol, on a real IndexedDB engine in memory and a server that does what it is told.

import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import { anAgent, anOpening, aRequest, docOf, docOfKind } from '../testing/samples.js';
import { Offline, Problem } from './api.js';
import { NAME, openDatabase } from './db.js';
import { flush } from './flush.js';
import { readHeld } from './held.js';
import { clientId, enqueue } from './outbox.js';
import { adopt, purge, wipeDocs, wipeStaleDocs } from './ownership.js';
import { applyPull, pull } from './pull.js';

const AT = '2026-11-24T14:00:00.000Z';
const now = () => new Date(AT);

/** @type {import('./db.js').Database} */
let db;

beforeEach(async () => {
  db?.close();
  await deleteDB(NAME);
  db = await openDatabase();
});

/** @param {Partial<import('../types').PullAnswer>} [changes] */
function answer(changes) {
  return { base: '', cursor: '1.7.5', reset: false, docs: [], lmid: 0, results: [], more: false, ...changes };
}

/** @param {string} [id] */
const accept = (id = 'r1') => enqueue(db, { op: 'request.accept', args: { request_id: id }, at: AT });

/** @param {Partial<import('../types').PullAnswer>} changes */
async function receive(changes) {
  const [client, held] = [await clientId(db), await readHeld(db)];
  return applyPull(db, answer(changes), { client, cursor: held.cursor, at: AT });
}

test('numbers follow each other, also when many taps come at once', async () => {
  const entries = await Promise.all(Array.from({ length: 20 }, () => accept()));
  assert.deepEqual(entries.map(({ seq }) => seq), Array.from({ length: 20 }, (_, index) => index + 1));
  assert.equal((await readHeld(db)).outbox.length, 20);
});

test('numbers are never given twice, even after the outbox has emptied', async () => {
  await accept();
  await receive({ lmid: 1, results: [{ seq: 1, op: 'request.accept', status: 'applied', code: null }] });
  assert.equal((await accept()).seq, 2);
});

test('a flush sends everything in order, fifty at a time, and deletes nothing', async () => {
  for (let index = 0; index < 120; index += 1) await accept();
  /** @type {number[][]} */
  const batches = [];
  await flush(db, async (body) => {
    const seqs = /** @type {{mutations: {seq: number}[]}} */ (body).mutations.map(({ seq }) => seq);
    batches.push(seqs);
    return { lmid: /** @type {number} */ (seqs.at(-1)), results: [] };
  });
  assert.deepEqual(batches.map((batch) => batch.length), [50, 50, 20]);
  assert.deepEqual(batches.flat(), Array.from({ length: 120 }, (_, index) => index + 1));
  assert.equal((await readHeld(db)).outbox.length, 120);
});

test('what the network or the server refuses stays', async () => {
  await accept();
  for (const error of [new Offline('no'), new Problem(401, 'not_signed_in', {}), new Problem(503, 'unexpected', {})]) {
    await assert.rejects(flush(db, () => Promise.reject(error)), error);
    assert.equal((await readHeld(db)).outbox.length, 1);
  }
});

test('hints stay on the terminal', async () => {
  await enqueue(db, { op: 'request.transfer', args: { request_id: 'r1', to_unit_id: 9 }, at: AT, hint: { to_unit_name: 'Culoz' } });
  await flush(db, async (body) => {
    assert.equal(JSON.stringify(body).includes('Culoz'), false);
    return { lmid: 1, results: [] };
  });
});

test('a server that does not know our numbers gets them anew, once, in the same order', async () => {
  await accept('a');
  await accept('b');
  await receive({ lmid: 1 });
  const before = await clientId(db);
  /** @type {any[]} */
  const sent = [];
  await flush(db, async (body) => {
    const { client, mutations } = /** @type {any} */ (body);
    sent.push(mutations);
    if (client === before) throw new Problem(409, 'gap', { lmid: 0 });
    return { lmid: mutations.at(-1).seq, results: [] };
  });
  assert.deepEqual(sent.at(-1).map((/** @type {any} */ { seq, args }) => [seq, args.request_id]), [[1, 'b']]);
  assert.notEqual(await clientId(db), before);
  await accept('c');
  await assert.rejects(flush(db, () => Promise.reject(new Problem(409, 'fork', { lmid: 0 }))), { code: 'fork' });
  assert.equal((await readHeld(db)).outbox.length, 2);
});

test('one pull brings documents, cursor, results and the end of what has its result', async () => {
  await accept();
  await accept('r2');
  const request = aRequest();
  assert.equal(await receive({ docs: [docOf(request)], lmid: 1, results: [{ seq: 1, op: 'request.accept', status: 'applied', code: null }] }), true);
  const held = await readHeld(db);
  assert.deepEqual(held.docs, [docOf(request)]);
  assert.deepEqual(held.outbox.map(({ seq }) => seq), [2]);
  assert.deepEqual([held.cursor, held.contactAt, held.conflicts], ['1.7.5', AT, []]);
});

test('a pull whose base has moved meanwhile is ignored, and asked again', async () => {
  await receive({ cursor: '1.7.5' });
  const client = await clientId(db);
  assert.equal(await applyPull(db, answer({ cursor: '1.7.4', lmid: 9 }), { client, cursor: '', at: AT }), false);
  assert.equal((await readHeld(db)).cursor, '1.7.5');

  let asked = 0;
  await pull(db, async (_client, cursor) => {
    asked += 1;
    if (asked === 1) await receive({ cursor: '1.7.6' });
    return answer({ base: cursor, cursor: '1.7.7' });
  }, now);
  assert.equal(asked, 2);
  assert.equal((await readHeld(db)).cursor, '1.7.7');
});

test('pages follow until there is no more', async () => {
  const pages = [answer({ cursor: '1.7.1', reset: true, docs: [docOf(aRequest({ id: 'a' }))], more: true }), answer({ cursor: '1.7.2', docs: [docOf(aRequest({ id: 'b' }))] })];
  await pull(db, async () => /** @type {any} */ (pages.shift()), now);
  assert.deepEqual((await readHeld(db)).docs.map(({ k }) => k), ['request/a', 'request/b']);
});

test('a reset drops the documents and never the outbox', async () => {
  await receive({ docs: [docOf(aRequest({ id: 'old' }))] });
  await accept();
  await receive({ cursor: '2.7.1', reset: true, docs: [docOf(aRequest({ id: 'new' }))] });
  const held = await readHeld(db);
  assert.deepEqual(held.docs.map(({ k }) => k), ['request/new']);
  assert.equal(held.outbox.length, 1);
});

test('a document without a body is forgotten', async () => {
  await receive({ docs: [docOf(aRequest())] });
  await receive({ cursor: '1.7.6', docs: [{ k: 'request/r1', v: 6, body: null }] });
  assert.deepEqual((await readHeld(db)).docs, []);
});

test('a refusal becomes a conflict that names who was first, and comes back only once', async () => {
  await receive({ docs: [docOf(aRequest())] });
  await accept();
  const refused = { seq: 1, op: 'request.accept', status: /** @type {const} */ ('rejected'), code: 'already_accepted', by: 'Lou Petit', at: '2026-11-24T13:58:00+00:00' };
  await receive({ cursor: '1.7.6', lmid: 1, results: [refused] });
  const [conflict] = (await readHeld(db)).conflicts;
  assert.deepEqual([conflict.by, conflict.at, conflict.code, conflict.reference], ['Lou Petit', refused.at, 'already_accepted', 'BN-7K4Q-29']);
  await db.clear('conflicts');
  await receive({ cursor: '1.7.7', lmid: 1, results: [refused] });
  assert.deepEqual((await readHeld(db)).conflicts, []);
});

test('a refusal says what it was about and what stood in the way', async () => {
  const starts_at = '2026-11-25T08:00:00+00:00';
  const ends_at = '2026-11-25T11:00:00+00:00';
  const at = AT;
  await enqueue(db, { op: 'absence.declare', args: { absence_id: 'mine', starts_at, ends_at }, at });
  await enqueue(db, { op: 'opening.approve', args: { opening_id: 'o1' }, at });
  await enqueue(db, { op: 'opening.withdraw', args: { opening_id: 'unknown' }, at });
  await enqueue(db, { op: 'duty.set', args: { status: 'available', until: at }, at });
  /** @param {number} seq @param {string} op @param {string} code @param {object} [facts] */
  const refused = (seq, op, code, facts) => ({ seq, op, status: /** @type {const} */ ('rejected'), code, ...facts });
  await receive({
    lmid: 4,
    docs: [docOfKind('opening', anOpening({ state: 'refused' }))],
    results: [
      refused(1, 'absence.declare', 'absence_overlaps', { absence_id: 'other', starts_at: '2026-11-25T10:00:00+00:00', ends_at: '2026-11-25T12:00:00+00:00' }),
      refused(2, 'opening.approve', 'already_decided', { state: 'refused', by: 'Lou Petit', at: '2026-11-24T13:58:00+00:00' }),
      refused(3, 'opening.withdraw', 'no_such_opening'),
      refused(4, 'duty.set', 'invalid_arguments', { fields: { until: 'too_far' } }),
    ],
  });
  const conflicts = (await readHeld(db)).conflicts.sort((one, other) => (one.id < other.id ? -1 : 1));
  assert.deepEqual(conflicts.map(({ subject, other, fields }) => ({ subject, other, fields })), [
    { subject: { starts_at, ends_at, agent: null }, other: { absence_id: 'other', starts_at: '2026-11-25T10:00:00+00:00', ends_at: '2026-11-25T12:00:00+00:00' }, fields: null },
    { subject: { starts_at: anOpening().starts_at, ends_at: anOpening().ends_at, agent: anOpening().agent }, other: null, fields: null },
    { subject: null, other: null, fields: null },
    { subject: null, other: null, fields: { until: 'too_far' } },
  ]);
  assert.deepEqual([conflicts[1].by, conflicts[1].state], ['Lou Petit', 'refused']);
});

test('neither cursor nor last number goes back', async () => {
  await accept();
  await receive({ lmid: 1 });
  await receive({ cursor: '1.7.6', lmid: 0 });
  assert.equal(await db.get('meta', 'lmid'), 1);
});

test('an outbox is not handed to another agent, an empty terminal is', async () => {
  /** @param {number} id */
  const meOf = (id) => ({ agent: anAgent({ id }), unit_id: 7, csrf: 'x' });
  assert.equal(await adopt(db, meOf(1)), null);
  await accept();
  assert.equal((await adopt(db, meOf(2)))?.agent.id, 1);
  assert.equal((await readHeld(db)).outbox.length, 1);
  assert.equal(await adopt(db, meOf(1)), null);
  const before = await clientId(db);
  await receive({ lmid: 1, docs: [docOf(aRequest())] });
  assert.equal(await adopt(db, meOf(2)), null);
  const held = await readHeld(db);
  assert.deepEqual([held.docs, held.me?.agent.id], [[], 2]);
  assert.notEqual(await clientId(db), before);
});

test('wiping keeps the outbox, purging does not', async () => {
  await receive({ docs: [docOf(aRequest())] });
  await accept();
  await wipeDocs(db);
  let held = await readHeld(db);
  assert.deepEqual([held.docs.length, held.outbox.length, held.cursor], [0, 1, '']);
  await purge(db);
  held = await readHeld(db);
  assert.deepEqual([held.outbox.length, held.me], [0, null]);
});

test('a full device does not hold on to what must be forgotten', async () => {
  await receive({ docs: [docOf(aRequest())] });
  const { put } = IDBObjectStore.prototype;
  let full = true;
  IDBObjectStore.prototype.put = function refusing(value, key) {
    if (key === 'ended' && full) {
      full = false;
      throw new DOMException('no room', 'QuotaExceededError');
    }
    return put.call(this, value, key);
  };
  try {
    await wipeDocs(db, { code: 'terminal_revoked', at: AT, owed: null });
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  const held = await readHeld(db);
  assert.deepEqual([full, held.docs.length, held.ended?.code], [false, 0, 'terminal_revoked']);
});

test('a terminal wipes its documents after seven days without the server', async () => {
  await receive({ docs: [docOf(aRequest())] });
  await wipeStaleDocs(db, new Date('2026-12-01T13:59:00Z'));
  assert.equal((await readHeld(db)).docs.length, 1);
  await wipeStaleDocs(db, new Date('2026-12-01T14:01:00Z'));
  assert.equal((await readHeld(db)).docs.length, 0);
});
