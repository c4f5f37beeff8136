import { html } from 'lit-html';
import { agenda } from './agenda.js';
import { agendaForm, editAgendaForm } from './agenda-form.js';
import { list } from './list.js';
import { planning } from './planning.js';
import { editForm, newForm } from './planning-form.js';
import { placeOf } from './places.js';

/** @type {Record<import('./places.js').Place['page'], (frame: import('./frame.js').Frame, id: string) => unknown>} */
const PAGES = { list, planning, edit: editForm, 'new-planning': newForm, agenda, 'edit-agenda': editAgendaForm, 'new-agenda': agendaForm };

/**
 * The page that the address leads to.
 * @param {import('./frame.js').Frame} frame
 */
export function calendars(frame) {
  const { page, id } = placeOf(location.hash) ?? { page: /** @type {const} */ ('list'), id: '' };
  return html`<main id="contenu" class="page calendars ${page === 'list' ? 'calendars-wide' : ''}" data-page=${page} tabindex="-1">${PAGES[page](frame, id)}</main>`;
}
