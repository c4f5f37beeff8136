// Sends an outbox that is in no database: from its copy, under its own numbers, so that nothing happens twice.

import { call, Problem } from './api.js';
import { NAME } from './db.js';
import { keepMirror } from './mirror.js';
import { BATCH } from './outbox.js';

/**
 * @param {import('./mirror.js').Mirror} found
 * @returns {Promise<{sending: 'sent' | 'not_sent' | 'signed_out', refused: number}>} `signed_out`: its owner is not
 *   signed in; `refused`: how many actions the server did not apply
 */
export async function deliver(found) {
  const { client, me, outbox } = found;
  let refused = 0;
  try {
    const present = /** @type {import('../types').Me} */ (await call('GET', '/api/me'));
    if (!client || present.agent.id !== me?.agent.id) return { sending: 'signed_out', refused };
    for (let from = 0; from < outbox.length; from += BATCH) {
      const mutations = outbox.slice(from, from + BATCH).map(({ seq, op, args, at }) => ({ seq, op, args, at }));
      const { results } = await call('POST', '/api/sync/push', { body: { client, schema: 1, mutations }, csrf: present.csrf });
      refused += results.filter((/** @type {any} */ { status }) => status === 'rejected' || status === 'error').length;
    }
    await keepMirror({ ...found, outbox: [] }, NAME);
    return { sending: 'sent', refused };
  } catch (error) {
    return { sending: error instanceof Problem && error.status === 401 ? 'signed_out' : 'not_sent', refused };
  }
}

/**
 * Forget everything that this device holds, as far as it lets us; a person has asked for it. Behind a PIN that is also
 * the end of the sign-in, or whoever cannot open the lock would remove it like this.
 * @param {import('./mirror.js').Mirror | null} found
 * @param {Date} now
 */
export async function startAfresh(found, now) {
  /** @type {import('../types').Ended} */
  const ended = found?.ended ?? { code: 'signed_out', at: now.toISOString(), owed: found?.me?.csrf ?? '' };
  const locked = Boolean(found?.lock || found?.ended);
  await keepMirror({ name: NAME, client: undefined, seq: 0, me: undefined, outbox: [], ...(locked && { ended }) }, NAME);
  const databases = (await indexedDB.databases?.().catch(() => null)) ?? [{ name: 'terminal' }];
  await Promise.all(databases.map(({ name }) => name && new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = asked.onerror = asked.onblocked = resolve;
  })));
  localStorage.removeItem('database');
}
