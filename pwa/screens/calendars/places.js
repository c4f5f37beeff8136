// Where these screens are. What follows `#/reglages/calendriers` only they know.

import { address } from '../../router.js';

/** @typedef {{page: 'list' | 'planning' | 'edit' | 'new-planning' | 'agenda' | 'edit-agenda' | 'new-agenda', id: string}} Place */

export const CALENDARS = address('settings', 'calendriers');
export const NEW_PLANNING = `${CALENDARS}/planning/nouveau`;
export const NEW_AGENDA = `${CALENDARS}/agenda/nouveau`;

/** @param {string} id */
export const planningAt = (id) => `${CALENDARS}/planning/${id}`;
/** @param {string} id */
export const editAt = (id) => `${planningAt(id)}/modifier`;
/** @param {string} id */
export const agendaAt = (id) => `${CALENDARS}/agenda/${id}`;
/** @param {string} id */
export const editAgendaAt = (id) => `${agendaAt(id)}/modifier`;

/**
 * @param {string} hash
 * @returns {Place | null} null: elsewhere
 */
export function placeOf(hash) {
  if (hash !== CALENDARS && !hash.startsWith(`${CALENDARS}/`)) return null;
  const [kind = '', id = '', verb = ''] = hash.slice(CALENDARS.length + 1).split('/');
  if (kind === 'planning' && id) return { page: id === 'nouveau' ? 'new-planning' : verb === 'modifier' ? 'edit' : 'planning', id };
  if (kind === 'agenda' && id) return { page: id === 'nouveau' ? 'new-agenda' : verb === 'modifier' ? 'edit-agenda' : 'agenda', id };
  return { page: 'list', id: '' };
}
