import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';
import { pinField, pinForm } from './choose-pin.js';
import { told } from './lock.js';

/** @typedef {import('../life/main.js').LifeContext} LifeContext */

const MINUTES = /** @type {const} */ ([1, 5, 15]);

/**
 * When the terminal locks, and with which PIN.
 * @param {LifeContext} context
 */
export function pinSettings(context) {
  const { state, t, w } = context;
  const { lock } = state.held;
  const { done } = state.forms.life;
  return html`<main id="contenu" class="page" tabindex="-1">
    <a class="back" href=${address('settings')}>${icon('back')}<span>${t('settings')}</span></a>
    <h1 id="page-title" tabindex="-1">${w('lock')}</h1>
    <div role="status">${done ? html`<p class="done">${icon('done')}<span>${w(done)}</span></p>` : nothing}</div>
    <p class="quiet">${w('lock_text')}</p>
    ${lock ? held(context, lock) : html`<p>${w('lock_none')}</p>`}
    ${globalThis.crypto?.subtle ? html`<section class="block" aria-labelledby="pin-form">
      <h2 id="pin-form">${w(lock ? 'pin_change' : 'pin_set')}</h2>
      ${lock ? html`<div role="alert">${told(context)}</div>` : nothing}
      ${pinForm(context)}</section>` : html`<p>${w('pin_insecure')}</p>`}
    ${lock && !context.me?.enrolled ? remove(context) : nothing}
  </main>`;
}

/**
 * @param {LifeContext} context
 * @param {import('../types').Lock} lock
 */
function held({ w, acts }, lock) {
  return html`
    <fieldset class="block segmented"><legend>${w('lock_after')}</legend><div class="segments">
      ${MINUTES.map((minutes) => html`<label class="segment">
        <input type="radio" name="minutes" value=${minutes} .checked=${lock.minutes === minutes} @change=${() => acts.setMinutes(minutes)}><span>${w(`lock_minutes_${minutes}`)}</span></label>`)}
    </div></fieldset>
    <button class="button button-secondary button-wide" type="button" @click=${acts.lockNow}>${icon('lock')}${w('lock_now')}</button>`;
}

/**
 * Only where one signs in with a password: an enrolled terminal is never without a PIN.
 * @param {LifeContext} context
 */
function remove(context) {
  const { w, acts } = context;
  return html`<section class="block" aria-labelledby="pin-remove"><h2 id="pin-remove">${w('pin_remove')}</h2>
    <form class="form" novalidate autocomplete="off" @submit=${acts.removePin}>
      ${pinField(context, 'current', 'pin_current', 'pin_remove_hint', 'pin-leaving')}
      <button class="button button-danger button-wide" type="submit">${w('pin_remove')}</button>
    </form></section>`;
}
