import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';
import { keyOr } from '../ui/translate.js';

/**
 * What left the list by somebody else's hand: nothing disappears without a word.
 * @param {import('../ui/context.js').Context} context
 */
export function notices({ state, view, t, actions }) {
  if (state.notices.length === 0) return nothing;
  return html`<div class="notices">${state.notices.map((notice) => html`
    <div class="notice">
      <p>${icon('info')}<span>${t(keyOr(`notice_${notice.what}`, 'notice_gone'), { reference: notice.reference, name: notice.to ?? '' })}</span></p>
      <div class="buttons">
        <button class="button button-secondary" type="button" @click=${() => actions.dismissNotice(notice.id)}>${t('dismiss')}</button>
        ${view.requests.has(notice.requestId) ? html`<a class="button button-plain" href=${address('request', notice.requestId)}>${t('see')}</a>` : nothing}
      </div>
    </div>`)}</div>`;
}
