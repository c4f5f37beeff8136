import { html } from 'lit-html';
import { address } from '../../router.js';
import { backTo } from '../service/frame.js';
import { openingRow } from '../service/opening-row.js';
import { concernedList, concernedOf, wordField } from './concerned.js';

/**
 * Withdraw an approved opening: whoever has an appointment in it is shown first, and nobody is left without an answer.
 * @param {import('../service/frame.js').Frame} frame
 * @param {import('../../types').OpeningItem} item
 */
export function withdrawScreen(frame, item) {
  const { t, does } = frame;
  const concerned = concernedOf(frame, item.id);
  return html`${backTo(address('desk'), t('tab_desk'))}
    <h1 id="page-title" tabindex="-1">${t('withdraw_title')}</h1>
    <ul class="rows">${openingRow(frame, item)}</ul>
    <form class="form service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.withdraw(event, item)}>
      ${concerned.length ? concernedList(frame, concerned) : html`<p>${t('concerned_none')}</p>`}
      <p class="hint">${t('concerned_beyond')}</p>
      ${wordField(frame, concerned)}
      <div class="service-do"><button class="button button-danger button-wide" type="submit">${t('withdraw_do')}</button></div>
    </form>`;
}
