import { html, nothing } from 'lit-html';
import { fieldError } from '../ui/field-error.js';
import { icon } from '../ui/icon.js';
import { readablePhone } from '../ui/phone.js';
import { stepHead } from './detail-content.js';

const LONGEST_WORD = 500;

/** @typedef {import('../later.js').LaterContext} Context */

/**
 * Find another unit and hand the request to it.
 * @param {Context} context
 * @param {import('../types').RequestItem} item
 */
export function transferForm(context, item) {
  const { state, t, acts } = context;
  const { chosen, error } = state.forms.transfer;
  return html`${stepHead(context, item, t('transfer_title'))}
    <form class="form" novalidate autocomplete="off" @submit=${(/** @type {SubmitEvent} */ event) => acts.transfer(event, item.id)}>
      <div class="field" ?data-error=${error !== null}>
        <label for="transfer-search">${t('transfer_search')}</label>
        <p class="hint" id="transfer-hint">${t('transfer_hint')}</p>
        ${fieldError(error && t(error), 'transfer-error')}
        <input id="transfer-search" name="q" type="search" enterkeyhint="search" autocapitalize="off" spellcheck="false"
          aria-invalid=${error ? 'true' : nothing} aria-describedby="transfer-hint${error ? ' transfer-error' : ''}" @input=${acts.searchUnits}>
      </div>
      ${found(context)}
      <div class="field">
        <label for="transfer-word">${t('transfer_word')}</label>
        <textarea id="transfer-word" name="word" rows="2" maxlength=${LONGEST_WORD}></textarea>
      </div>
      <div class="action-bar"><button class="button button-primary button-wide" type="submit">${icon('transfer')}<span>${chosen ? t('transfer_to', { name: chosen.name }) : t('transfer')}</span></button></div>
    </form>`;
}

/** @param {Context} context */
function found(context) {
  const { state, t, acts } = context;
  const { status, found: units, chosen } = state.forms.transfer;
  return html`
    <p class="search-state" role="status">${searchState(context)}</p>
    ${units?.length && status !== 'offline' ? html`<fieldset class="found" aria-label=${t('transfer_found', { n: units.length })}>
      ${units.map((unit) => html`<label class="choice">
        <input type="radio" name="unit" .checked=${chosen?.id === unit.id} @change=${() => acts.chooseUnit(unit)}>
        <span><b>${unit.name}</b><br><span class="quiet">${unit.commune_name}${unit.phone ? html` · ${readablePhone(unit.phone)}` : nothing}</span></span></label>`)}
    </fieldset>` : nothing}`;
}

/** @param {Context} context */
function searchState({ state, t }) {
  const { status, found: units } = state.forms.transfer;
  if (status === 'searching') return html`<span class="quiet-start">${t('transfer_searching')}</span>`;
  if (status === 'offline') return t('transfer_offline');
  if (status === 'error') return t('transfer_error');
  if (!units) return nothing;
  return units.length === 0 ? t('transfer_none') : html`<span class="visually-hidden">${t('transfer_found', { n: units.length })}</span>`;
}
