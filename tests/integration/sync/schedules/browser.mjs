// The terminals' own code in one process, each on an IndexedDB of its own, with the network in the test's hands: every
// call that the code makes is told to the test, which answers it, loses it or lets it wait.
//
// One JSON command a line on stdin, one JSON answer a line on stdout.

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import readline from 'node:readline';
import { Offline, Problem } from '../../../../pwa/sync/api.js';
import { openDatabase } from '../../../../pwa/sync/db.js';
import { flush } from '../../../../pwa/sync/flush.js';
import { clientId, enqueue } from '../../../../pwa/sync/outbox.js';
import { wipeDocs } from '../../../../pwa/sync/ownership.js';
import { applyPull, pull } from '../../../../pwa/sync/pull.js';

const AT = '2026-11-24T13:30:00Z';
const now = () => new Date(AT);
// The code must hold without the lock that keeps two tabs from sending twice: not every browser has it.
Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });

/** What one tab is doing: a run of flush or pull that waits for an answer. */
class Run {
  /** @param {(ask: (body: unknown) => Promise<any>) => Promise<void>} work */
  constructor(work) {
    this.begin(() => work((body) => new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.tell({ sent: body });
    })));
  }

  /** @param {() => Promise<void>} work */
  begin(work) {
    this.next = new Promise((tell) => { this.tell = tell; });
    work().then(() => this.tell({ done: true }), (error) => this.tell({ failed: named(error) }));
  }

  /** Go on with an answer, until the next call or the end. */
  go(act) {
    this.next = new Promise((tell) => { this.tell = tell; });
    act();
    return this.next;
  }
}

/** @param {unknown} error */
function named(error) {
  if (error instanceof Offline) return 'offline';
  if (error instanceof Problem) return error.code;
  return `bug: ${error instanceof Error ? error.stack : error}`;
}

/** @type {Map<number, {factory: IDBFactory, db: any}>} */
const devices = new Map();
/** @type {Map<number, {run: Run, device: number}>} */
const runs = new Map();
let lastRun = 0;
/** A fault that somebody could build into the terminal. */
let fault = '';

async function open(factory) {
  globalThis.indexedDB = factory;
  return openDatabase();
}

const pulls = {
  '': pull,
  // The cursor is read when the answer is there, not when it was asked for.
  'no stale-pull check': (db, ask) => ownPull(db, ask, async (db, answer, asked) =>
    applyPull(db, answer, { ...asked, cursor: String((await db.get('meta', 'cursor')) ?? '') })),
  'queue dropped on reset': (db, ask) => ownPull(db, ask, async (db, answer, asked) => {
    if (answer.reset) await db.clear('outbox');
    return applyPull(db, answer, asked);
  }),
  'refusals not kept': (db, ask) => ownPull(db, ask, (db, answer, asked) => applyPull(db, { ...answer, results: [] }, asked)),
};

async function ownPull(db, ask, apply) {
  for (;;) {
    const client = await clientId(db);
    const cursor = String((await db.get('meta', 'cursor')) ?? '');
    const answer = await ask(client, cursor);
    if (await apply(db, answer, { client, cursor, at: AT }) && !answer.more) return;
  }
}

const commands = {
  async begin({ devices: count, plant }) {
    fault = plant ?? '';
    runs.clear();
    for (let device = 0; device < count; device += 1) {
      const factory = new IDBFactory();
      devices.set(device, { factory, db: await open(factory) });
    }
    return Promise.all(Array.from({ length: count }, (_, device) => clientId(devices.get(device)?.db)));
  },
  async tap({ device, op, args }) {
    return enqueue(devices.get(device)?.db, { op, args, at: AT });
  },
  async start({ device, kind }) {
    const { db } = devices.get(device) ?? {};
    const run = kind === 'push'
      ? new Run((ask) => flush(db, ask))
      : new Run((ask) => (pulls[fault] ?? pull)(db, (client, cursor) => ask({ client, cursor }), now));
    runs.set((lastRun += 1), { run, device });
    return { run: lastRun, ...(await run.next) };
  },
  async answer({ run: id, status, body }) {
    const { run, device } = runs.get(id) ?? {};
    if (!run) return { gone: true };
    const step = await run.go(() => (status === 200 ? run.resolve(body) : run.reject(new Problem(status, body.code, body))));
    // What a terminal may see shrinks with its rights, as the engine does it.
    if (status === 401) await wipeDocs(devices.get(device)?.db);
    return step;
  },
  async lose({ run: id }) {
    const { run } = runs.get(id) ?? {};
    return run ? run.go(() => run.reject(new Offline('lost'))) : { gone: true };
  },
  async kill({ device }) {
    // What was going on never comes back; what is on the disk does.
    for (const [id, { device: owner }] of runs) if (owner === device) runs.delete(id);
    const one = devices.get(device);
    one.db.close();
    one.db = await open(one.factory);
    return null;
  },
  async held({ device }) {
    const { db } = devices.get(device) ?? {};
    const tx = db.transaction(['docs', 'outbox', 'conflicts', 'meta']);
    const [docs, outbox, conflicts, cursor, lmid, client] = await Promise.all([
      tx.objectStore('docs').getAll(), tx.objectStore('outbox').getAll(), tx.objectStore('conflicts').getAll(),
      ...['cursor', 'lmid', 'client'].map((name) => tx.objectStore('meta').get(name)),
    ]);
    return { docs: Object.fromEntries(docs.map(({ k, body }) => [k, body])), outbox, conflicts, cursor: cursor ?? '', lmid: lmid ?? 0, client };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { do: name, ...rest } = JSON.parse(line);
  const answer = await commands[name](rest).catch((error) => ({ failed: named(error) }));
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
}
