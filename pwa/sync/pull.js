import { isFull } from './keep.js';
import { clientId, isDeed, renumber } from './outbox.js';

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('../types').PullAnswer} PullAnswer
 * @typedef {import('../types').MutationResult} MutationResult
 */

/**
 * Bring what changed since the cursor, page after page.
 * @param {Database} db
 * @param {(client: string, cursor: string) => Promise<PullAnswer>} ask
 * @param {() => Date} now
 * @returns {Promise<boolean>} false: the device is full, and the documents are as they were
 * @throws {import('./api.js').Offline | import('./api.js').Problem}
 */
export async function pull(db, ask, now) {
  for (;;) {
    // Somebody may just have made this terminal forget: nothing comes back by itself.
    if (await db.get('meta', 'ended')) return true;
    const client = await clientId(db);
    const [cursor, sent] = await Promise.all([db.get('meta', 'cursor'), db.get('meta', 'sent')]);
    const asked = { client, cursor: String(cursor ?? ''), sent: Number(sent) || 0 };
    const answer = await ask(client, asked.cursor);
    const received = { ...asked, at: now().toISOString() };
    try {
      if ((await applyPull(db, answer, received)) && !answer.more) return true;
    } catch (error) {
      if (!isFull(error)) throw error;
      if (await applyPull(db, withoutDocs(answer), received)) return false;
    }
  }
}

/**
 * What to do with an answer when the device is full: the results still get through, the documents wait for room.
 * @param {PullAnswer} answer
 * @returns {PullAnswer}
 */
function withoutDocs(answer) {
  return { ...answer, cursor: answer.base, reset: false, docs: [], more: false };
}

/**
 * Apply one answer in one transaction: documents, cursor, results, and the end of what has its result.
 * @param {Database} db
 * @param {PullAnswer} answer
 * @param {{client: string, cursor: string, at: string, sent?: number}} asked with what, and when it was answered; `sent`:
 *   up to which number the server had acknowledged before
 * @returns {Promise<boolean>} false: another tab was faster, the outbox began anew, or the terminal has forgotten, and the
 *   answer is worth nothing
 */
export async function applyPull(db, answer, asked) {
  const tx = db.transaction(['docs', 'outbox', 'conflicts', 'meta'], 'readwrite');
  const [docs, outbox, meta] = [tx.objectStore('docs'), tx.objectStore('outbox'), tx.objectStore('meta')];
  const [cursor, client, lmid, seq, ended] = await Promise.all(['cursor', 'client', 'lmid', 'seq', 'ended'].map((key) => meta.get(key)));
  if ((cursor ?? '') !== asked.cursor || client !== asked.client || ended) {
    await tx.done;
    return false;
  }
  if (answer.lmid > (Number(seq) || 0) && (await outbox.count()) > 0) {
    // The server knows numbers that this terminal, restored from an older copy, has not given yet: what it deletes as
    // delivered would be something else.
    await tx.done;
    await renumber(db);
    return false;
  }
  for (const result of answer.results) {
    const entry = await outbox.get(result.seq);
    // Without its entry the result was read before; its reader may have dismissed the conflict already.
    if (entry) await keepRefusal(tx, asked.client, entry, result, answer.docs);
  }
  if (answer.reset) await docs.clear();
  for (const { k, v, body } of answer.docs) void (body === null ? docs.delete(k) : docs.put({ k, v, body }));
  await outbox.delete(IDBKeyRange.upperBound(answer.lmid));
  void meta.put(answer.cursor, 'cursor');
  void meta.put(Math.max(answer.lmid, Number(lmid) || 0), 'lmid');
  void meta.put(Math.max(answer.lmid, Number(seq) || 0), 'seq');
  // A server that was restored from an older copy needs to hear again what it had acknowledged.
  if (asked.sent && answer.lmid < asked.sent) void meta.put(answer.lmid, 'sent');
  void meta.put(asked.at, 'contact_at');
  await tx.done;
  return true;
}

/**
 * Make a refusal a conflict, which stays until its reader dismisses it; what was applied leaves no trace.
 * @param {import('idb').IDBPTransaction<import('./schema').TerminalSchema, ('docs' | 'outbox' | 'conflicts' | 'meta')[], 'readwrite'>} tx
 * @param {string} client
 * @param {import('../types').OutboxEntry} entry
 * @param {MutationResult} result
 * @param {import('../types').PulledDoc[]} [coming] documents that come with the result
 */
export async function keepRefusal(tx, client, entry, result, coming = []) {
  if (result.status === 'applied' || result.status === 'noop' || !isDeed(entry)) return;
  const key = subjectKey(entry.args);
  // What this terminal made itself may be known to the server for the first time in this very answer.
  const doc = (await tx.objectStore('docs').get(key)) ?? coming.find(({ k }) => k === key);
  await tx.objectStore('conflicts').put(conflictOf(client, entry, result, doc?.body ?? null));
}

/**
 * The document that a mutation is about.
 * @param {import('../types').Args} args
 */
function subjectKey({ request_id, absence_id, opening_id, appointment_id }) {
  if (appointment_id) return `appointment/${appointment_id}`;
  if (absence_id) return `absence/${absence_id}`;
  return opening_id ? `opening/${opening_id}` : `request/${request_id}`;
}

/**
 * What its reader needs to understand a refusal, whatever becomes of the document.
 * @param {string} client
 * @param {import('../types').OutboxEntry} entry
 * @param {MutationResult} result
 * @param {any} body of the document that it is about, as it was held
 * @returns {import('../types').Conflict}
 */
function conflictOf(client, entry, result, body) {
  const { args } = entry;
  const { absence_id, starts_at, ends_at } = result;
  const bounds = body?.starts_at ? body : args;
  return {
    id: `${client}.${entry.seq}`,
    op: entry.op,
    args,
    tapped_at: entry.at,
    code: result.code ?? 'unexpected',
    by: result.by ?? null,
    at: result.at ?? null,
    state: result.state ?? null,
    error_id: result.error_id ?? null,
    reference: body?.reference ?? null,
    // Of an appointment it is a code.
    reason: body?.reason?.code ? body.reason : null,
    subject: bounds.starts_at ? { starts_at: bounds.starts_at, ends_at: bounds.ends_at, agent: body?.agent ?? null } : null,
    other: starts_at && ends_at ? { absence_id, starts_at, ends_at } : null,
    fields: result.fields ?? null,
    ...(result.appointments && { appointments: result.appointments }),
  };
}
