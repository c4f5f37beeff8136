import { html } from 'lit-html';
import { later } from './later.js';

/**
 * The right-hand side, or the whole screen of a phone: one request, or one step of what is done with it.
 * @param {import('../ui/context.js').Context} context
 */
export function detail(context) {
  const { state, t } = context;
  const { id, screen } = state.route;
  if (!id) return html`<section class="detail detail-none"><p>${t('select')}</p></section>`;
  return html`<section class="detail" aria-label=${t('tab_inbox')} data-screen=${screen}>
    ${later(context, 'detail-title', (parts) => parts.detail(context, id))}</section>`;
}
