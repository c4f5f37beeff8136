import { html } from 'lit-html';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';
import { closeForm } from './close.js';
import { noteForm } from './note.js';
import { request } from './request.js';
import { transferForm } from './transfer.js';
import { transferred } from './transferred.js';

/** @typedef {import('../later.js').LaterContext} Context */

/**
 * One request, or one step of what is done with it.
 * @param {Context} context
 * @param {string} id
 */
export function detailContent(context, id) {
  const { state, view, t } = context;
  const item = view.requests.get(id);
  if (!item) {
    if (state.held.cursor === '') return html`${backLink(context)}<p class="quiet-start">${t('loading')}</p>`;
    return html`${backLink(context)}<h1 id="detail-title" tabindex="-1">${t('gone_title')}</h1><p>${t('gone_text')}</p>`;
  }
  if (item.state === 'transferred') return html`${backLink(context)}${transferred(context, item)}`;
  switch (state.route.screen) {
    case 'note': return noteForm(context, item);
    case 'transfer': return transferForm(context, item);
    case 'close': return closeForm(context, item);
    default: return html`${backLink(context)}${request(context, item)}`;
  }
}

/** @param {Context} context */
function backLink({ t }) {
  return html`<a class="back" href=${address('inbox')}>${icon('back')}<span>${t('back_to_list')}</span></a>`;
}

/**
 * The head of a step: what it is about, and the way back to the request.
 * @param {Context} context
 * @param {import('../types').Item} item
 * @param {string} title
 */
export function stepHead({ t }, item, title) {
  return html`<a class="back" href=${address('request', item.id)}>${icon('back')}<span>${t('reference', { reference: item.reference })}</span></a>
    <h1 id="detail-title" tabindex="-1">${title}</h1>`;
}
