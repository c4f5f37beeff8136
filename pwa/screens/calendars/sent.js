import { newId } from '../../sync/outbox.js';

/**
 * What is sent to be added, with its id. The same again, because no answer came, is no second one; anything else is
 * another.
 * @param {import('./shapes').PageState['sent']} before what the page last sent
 * @param {object} what
 * @returns {{id: string, what: string}}
 */
export function sentAs(before, what) {
  const now = JSON.stringify(what);
  return before?.what === now ? before : { id: newId(), what: now };
}
