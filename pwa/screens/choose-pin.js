import { html, nothing } from 'lit-html';
import { fieldError } from '../ui/field-error.js';

/**
 * @typedef {import('../life/main.js').LifeContext} LifeContext
 * @typedef {import('../life/words.js').LifeKey} LifeKey
 */

/**
 * A terminal that was just enrolled has no PIN yet, and opens nothing before it has one.
 * @param {LifeContext} context
 */
export function chooseScreen(context) {
  const { t, w } = context;
  return html`<main id="contenu" class="page page-narrow" tabindex="-1">
    <p class="brand">${t('app')}</p>
    <h1 id="page-title" tabindex="-1">${w('choose_pin')}</h1>
    <p class="hint">${w('choose_pin_text')}</p>
    ${pinForm(context)}
  </main>`;
}

/**
 * A new PIN, twice; and the one in force where there is one.
 * @param {LifeContext} context
 */
export function pinForm(context) {
  const { state, w, acts } = context;
  const { pin } = state.forms.life;
  return html`<form class="form" novalidate autocomplete="off" @submit=${acts.choosePin}>
    <div role="alert">${fieldError(pin?.error ? w(pin.error) : null, 'pin-error')}</div>
    ${state.held.lock ? pinField(context, 'current', 'pin_current') : nothing}
    ${pinField(context, 'new', 'pin_new', 'pin_hint')}
    ${pinField(context, 'again', 'pin_again')}
    <button class="button button-primary button-wide" type="submit" aria-disabled=${String(Boolean(pin?.busy))}>${w(pin?.busy ? 'pin_saving' : 'pin_save')}</button>
  </form>`;
}

/**
 * @param {LifeContext} context
 * @param {string} name
 * @param {LifeKey} label
 * @param {LifeKey} [hint]
 * @param {string} [id]
 */
export function pinField({ state, w }, name, label, hint, id = `pin-${name}`) {
  const wrong = Boolean(state.forms.life.pin?.error);
  return html`<div class="field" ?data-error=${wrong}>
    <label for=${id}>${w(label)}</label>
    ${hint ? html`<p class="hint" id="${id}-hint">${w(hint)}</p>` : nothing}
    <input id=${id} class="pin" name=${name} type="password" inputmode="numeric" autocomplete=${name === 'current' ? 'off' : 'new-password'} maxlength="8"
      aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${[hint && `${id}-hint`, wrong && 'pin-error'].filter(Boolean).join(' ') || nothing}>
  </div>`;
}
