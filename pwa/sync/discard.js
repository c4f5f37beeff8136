// What a person gives up knowingly: it leaves every place where it is kept, the second copy too.

import { NAME } from './db.js';
import { writeMirror } from './mirror.js';
import { purge } from './ownership.js';

/**
 * @typedef {import('./db.js').Database} Database
 * @typedef {import('./keep.js').Keeper} Keeper
 */

/**
 * Give up what waits to be sent, because a person has said so.
 * @param {Database} db
 * @param {Keeper} keeper
 */
export async function discardOutbox(db, keeper) {
  keeper.unsafe = [];
  await db.clear('outbox');
  await copied(db);
}

/**
 * Forget everything, the outbox too, because a person has said so.
 * @param {Database} db
 * @param {Keeper} keeper
 * @param {import('../types').Ended | null} [ended] what is still to be done about it
 */
export async function discardAll(db, keeper, ended = null) {
  keeper.unsafe = [];
  await purge(db);
  if (ended) await db.put('meta', ended, 'ended');
  await copied(db);
}

/** @param {Database} db */
async function copied(db) {
  await writeMirror(db, NAME).catch((error) => console.warn('no second copy of the outbox', error));
}
