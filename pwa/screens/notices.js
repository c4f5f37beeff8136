import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';
import { keyOr } from '../ui/translate.js';
import { periodFormat } from '../ui/period.js';
import { zoneOf } from './service/read-forms.js';

/**
 * What changed by somebody else's hand: nothing disappears without a word.
 * @param {import('../later.js').LaterContext} context
 */
export function notices({ state, view, t, acts }) {
  if (state.notices.length === 0) return nothing;
  const period = periodFormat(state.language, zoneOf(view), state.now);
  return html`<div class="notices">${state.notices.map((notice) => html`
    <div class="notice">
      <p>${icon('info')}<span>${t(keyOr(`notice_${notice.what}`, 'notice_gone'), { ...notice.values, period: notice.period ? period(notice.period) : '' })}</span></p>
      ${notice.values.word ? html`<p>${t('quoted', { word: notice.values.word })}</p>` : nothing}
      <div class="buttons">
        <button class="button button-secondary" type="button" @click=${() => acts.dismissNotice(notice.id)}>${t('dismiss')}</button>
        ${see(notice, view) ? html`<a class="button button-plain" href=${see(notice, view)}>${t(notice.requestId ? 'see' : notice.what.startsWith('appointment_') ? 'tab_agenda' : 'tab_duty')}</a>` : nothing}
      </div>
    </div>`)}</div>`;
}

/**
 * @param {import('../types').Notice} notice
 * @param {import('../types').View} view
 */
function see({ requestId, period, what }, view) {
  if (what.startsWith('appointment_')) return address('agenda');
  if (period) return address('duty');
  return requestId && view.requests.has(requestId) ? address('request', requestId) : '';
}
