import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { decision } from '../service/decision.js';
import { datesLink, openingRow, titleOf } from '../service/opening-row.js';

/**
 * @typedef {import('../service/frame.js').Frame} Frame
 * @typedef {import('../../types').OpeningItem} OpeningItem
 */

/**
 * What waits for the chief's decision: one by one, or several chosen and approved at once.
 * @param {Frame} frame
 * @param {readonly OpeningItem[]} items
 */
export function proposals(frame, items) {
  const { t, form, does } = frame;
  const ids = items.map(({ id }) => id);
  const chosen = ids.filter((id) => form.chosen?.includes(id));
  // The title stays while its rows go, because the focus comes back to it.
  return html`<section class="block" aria-labelledby="proposals-title">
    <h2 id="proposals-title" tabindex="-1">${t('proposals')} ${items.length ? html`<b class="count">${items.length}</b>` : nothing}</h2>
    ${items.length ? html`<ul class="rows">${repeat(items, ({ id }) => id, (item) => openingRow(frame, item, html`
      ${items.length > 1 ? html`<label class="choice choose-one"><input type="checkbox" .checked=${chosen.includes(item.id)} @change=${() => does.choose(item.id)}>
        <span>${t('choose')}<span class="visually-hidden">, ${titleOf(frame, item)}</span></span></label>` : nothing}
      ${decision(frame, item, ['opening.approve', 'opening.refuse'], '#proposals-title', html`
        <a class="button button-plain" href=${address('opening', item.id)}>${icon('note')}${t('opening_amend')}<span class="visually-hidden">, ${titleOf(frame, item)}</span></a>${datesLink(frame, item)}`)}`))}</ul>
      ${items.length > 1 ? html`<div class="buttons choose-bar">
        <button class="button button-secondary" type="button" @click=${() => does.chooseAll(chosen.length === ids.length ? [] : ids)}>${t(chosen.length === ids.length ? 'choose_none' : 'choose_all')}</button>
        ${chosen.length ? html`<button class="button button-primary" type="button" @click=${() => does.approveChosen(chosen)}>${icon('check')}${t(chosen.length === 1 ? 'approve_one' : 'approve_many', { n: chosen.length })}</button>` : nothing}
      </div>` : nothing}`
    : html`<p class="quiet">${t('proposals_none')}</p>`}
  </section>`;
}
