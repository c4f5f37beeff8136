// A terminal's memory for the unit tests, whole and damaged, on a real IndexedDB engine in memory.

import { NAME, openDatabase } from '../sync/db.js';
import { writeMirror } from '../sync/mirror.js';
import { clientId, enqueue } from '../sync/outbox.js';
import { adopt } from '../sync/ownership.js';
import { anAgent } from './samples.js';

export const AT = '2026-11-24T14:00:00.000Z';
export const ME = { agent: anAgent(), unit_id: 7, csrf: 'x' };
/** @param {string} id */
export const accepting = (id) => ({ op: /** @type {const} */ ('request.accept'), args: { request_id: id }, at: AT });

/** One with three actions that wait, and its second copy. */
export async function aFilledMemory() {
  const db = await openDatabase();
  await adopt(db, ME);
  for (const id of ['a', 'b', 'c']) await enqueue(db, accepting(id));
  const client = await clientId(db);
  await writeMirror(db, NAME);
  return { db, client };
}

/**
 * Make opening fail as a damaged file does, late and with an error event.
 * @param {(name: string) => boolean} which
 */
export async function refuseToOpen(which) {
  (await openDatabase({}, 'newer', 2)).close();
  const { open } = indexedDB;
  indexedDB.open = function broken(name, version) {
    return which(name) ? open.call(this, 'newer', 1) : open.call(this, name, version);
  };
}
