import { html, nothing } from 'lit-html';
import { icon } from '../ui/icon.js';
import { keyOr } from '../ui/translate.js';

/**
 * What happened to a request, in order; what the server has not confirmed says so.
 * @param {import('../ui/context.js').Context} context
 * @param {import('../types').RequestItem} item
 */
export function history({ t, format }, item) {
  return html`<section class="block" aria-labelledby="history-title">
    <h2 id="history-title">${t('history')}</h2>
    <ol class="history">${item.history.map((event) => {
      const what = t(keyOr(`event_${event.name}`, 'history'));
      const text = event.text || event.word;
      return html`<li ?data-pending=${event.pending}>
        <p class="history-what">${event.by ? t('event_by', { what, name: event.by }) : what}</p>
        <p class="quiet"><time datetime=${event.at}>${format.moment(event.at)}</time>${event.pending ? html` · <span class="mark mark-pending">${icon('upload')}${t('pending')}</span>` : nothing}</p>
        ${event.outcome ? html`<p>${t(keyOr(`outcome_${event.outcome}`, 'close'))}</p>` : nothing}
        ${text ? html`<p class="history-text">${text}</p>` : nothing}
      </li>`;
    })}</ol>
  </section>`;
}
