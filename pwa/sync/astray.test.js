// When terminal and server disagree about numbers: a server that was restored, a terminal that was, an entry that cannot
// be read. The server here keeps the rules of server/services/apply_mutation.py.

import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import 'fake-indexeddb/auto';
import { Problem } from './api.js';
import { openDatabase } from './db.js';
import { flush } from './flush.js';
import { readHeld } from './held.js';
import { clientId, enqueue, markSent } from './outbox.js';
import { pull } from './pull.js';

const AT = '2026-11-24T14:00:00.000Z';

/** @type {import('./db.js').Database} */
let db;
/** @type {Server} */
let server;

beforeEach(async () => {
  db?.close();
  globalThis.indexedDB = new IDBFactory();
  db = await openDatabase();
  server = new Server();
});

/** @typedef {{seq: number, op: string, args: any}} Mutation */

/** Applies each mutation once, and remembers what it did. */
class Server {
  /** @type {Map<string, {lmid: number, results: Map<number, {args: string, result: any}>}>} */ clients = new Map();
  /** @type {string[]} what happened, in order */ effects = [];
  pushes = 0;
  /** What it refuses, by the text of a note. */
  refuses = new Map([['refuse me', 'no_such_request']]);

  /** @param {any} body */
  push = async ({ client, mutations }) => {
    this.pushes += 1;
    if (mutations.some((/** @type {Mutation} */ { args }) => args.text === 'unreadable')) throw new Problem(422, 'unreadable', {});
    if (mutations.length > 2 && mutations.some((/** @type {Mutation} */ { args }) => args.text === 'long')) throw new Problem(413, 'too_large', {});
    const results = mutations.map((/** @type {Mutation} */ mutation) => this.#apply(client, mutation));
    return { lmid: results.at(-1).seq, results };
  };

  /**
   * @param {string} client
   * @param {string} cursor
   */
  pull = async (client, cursor) => {
    const { lmid, results } = this.clients.get(client) ?? { lmid: 0, results: new Map() };
    return { base: cursor, cursor: `1.7.1.${Number(cursor.split('.').at(-1) || 0) + 1}`, reset: false, docs: [], lmid, results: [...results.values()].map(({ result }) => result), more: false };
  };

  /**
   * @param {string} client
   * @param {Mutation} mutation
   */
  #apply(client, { seq, op, args }) {
    const known = this.clients.get(client) ?? { lmid: 0, results: new Map() };
    this.clients.set(client, known);
    const text = JSON.stringify(args);
    if (seq > known.lmid + 1) throw new Problem(409, 'gap', { lmid: known.lmid });
    const earlier = known.results.get(seq);
    if (seq <= known.lmid) {
      if (earlier?.args !== text) throw new Problem(409, 'fork', { lmid: known.lmid });
      return earlier.result;
    }
    const code = this.refuses.get(args.text) ?? null;
    const result = { seq, op, status: code ? 'rejected' : 'applied', code };
    if (!code) this.effects.push(args.text);
    known.lmid = seq;
    known.results.set(seq, { args: text, result });
    return result;
  }
}

/** @param {string[]} texts */
async function note(...texts) {
  for (const text of texts) await enqueue(db, { op: 'request.note', args: { request_id: 'r1', text }, at: AT });
}

async function sync() {
  await flush(db, server.push);
  await pull(db, server.pull, () => new Date(AT));
}

async function outbox() {
  return (await readHeld(db)).outbox.map(({ args }) => args.text);
}

test('what the server has acknowledged is not sent again while its result is under way', async () => {
  await note('a', 'b');
  await flush(db, server.push);
  await flush(db, server.push);
  await note('c');
  await flush(db, server.push);
  assert.deepEqual([server.pushes, server.effects], [2, ['a', 'b', 'c']]);
  await sync();
  assert.deepEqual(await outbox(), []);
});

test('a server that was restored to before a part of them gets exactly that part again', async () => {
  await note('a', 'b', 'c');
  await flush(db, server.push);
  const known = server.clients.get(await clientId(db));
  assert.ok(known);
  known.lmid = 1;
  known.results.delete(2);
  known.results.delete(3);
  server.effects = ['a'];
  await sync();
  await sync();
  assert.deepEqual([server.effects, await outbox()], [['a', 'b', 'c'], []]);
});

test('a server that has forgotten this terminal gets everything that waits, once, and refusals are still told', async () => {
  await note('a');
  await sync();
  server.clients.clear();
  await note('b', 'refuse me', 'c');
  await sync();
  assert.deepEqual([server.effects, await outbox()], [['a', 'b', 'c'], []]);
  assert.deepEqual((await readHeld(db)).conflicts.map(({ code }) => code), ['no_such_request']);
});

test('a number that the server knows with other contents: what is known to be done is not done again', async () => {
  await note('a', 'refuse me', 'c');
  await flush(db, server.push);
  // The terminal went back to before its third number was given, and gave it again.
  await db.delete('outbox', 3);
  await db.put('meta', 2, 'seq');
  await db.put('meta', 2, 'sent');
  await note('other');
  await sync();
  assert.deepEqual([server.effects, await outbox()], [['a', 'c', 'other'], []]);
  const { conflicts } = await readHeld(db);
  assert.deepEqual(conflicts.map(({ args }) => args.text), ['refuse me']);
});

test('a pull deletes nothing under numbers that this terminal has not given', async () => {
  await note('a', 'b', 'c');
  await sync();
  await db.put('meta', 0, 'seq');
  await db.put('meta', 0, 'sent');
  const client = await clientId(db);
  // Tapped while the pull was under way.
  await pull(db, async (who, cursor) => {
    if (who === client) await note('new');
    return server.pull(who, cursor);
  }, () => new Date(AT));
  assert.deepEqual(await outbox(), ['new']);
  await sync();
  assert.deepEqual([server.effects, await outbox()], [['a', 'b', 'c', 'new'], []]);
});

test('an empty terminal that went back goes on after the last number the server knows', async () => {
  await note('a', 'b');
  await sync();
  await db.put('meta', 0, 'seq');
  await pull(db, server.pull, () => new Date(AT));
  await note('c');
  await sync();
  assert.deepEqual(server.effects, ['a', 'b', 'c']);
});

test('an entry that the server cannot read becomes a conflict, and those behind it are sent', async () => {
  await note('a', 'unreadable', 'b', 'unreadable', 'c');
  await sync();
  assert.deepEqual([server.effects, await outbox()], [['a', 'b', 'c'], []]);
  assert.deepEqual((await readHeld(db)).conflicts.map(({ code, args }) => [code, args.text]), [['unreadable', 'unreadable'], ['unreadable', 'unreadable']]);
});

test('a batch that is too large goes out in parts', async () => {
  await note('long', 'long', 'long', 'long');
  await sync();
  assert.deepEqual([server.effects, await outbox()], [['long', 'long', 'long', 'long'], []]);
});

test('a server that never agrees leaves the queue as it is', async () => {
  await note('a', 'b');
  for (const code of ['gap', 'fork', 'epoch']) {
    await assert.rejects(flush(db, () => Promise.reject(new Problem(409, code, { lmid: 0 }))), { code });
    assert.deepEqual(await outbox(), ['a', 'b']);
  }
});

test('the mark of what is sent belongs to one outbox and never goes back', async () => {
  const client = await clientId(db);
  await markSent(db, client, 5);
  await markSent(db, client, 3);
  await markSent(db, 'another', 9);
  assert.equal(await db.get('meta', 'sent'), 5);
});
