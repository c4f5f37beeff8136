import { html, nothing } from 'lit-html';
import { pendingMark, titleOf } from './request-head.js';

/**
 * What is left here of a request that another unit has now.
 * @param {import('../ui/context.js').Context} context
 * @param {import('../types').TransferredDoc & {pending: import('../types').Op[]}} item
 */
export function transferred(context, item) {
  const { t } = context;
  return html`${titleOf(context, item)}
    ${item.pending.length ? pendingMark(context) : nothing}
    <p>${t('transferred_text')}</p>`;
}
