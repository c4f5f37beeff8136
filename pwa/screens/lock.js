import { html, nothing } from 'lit-html';
import { TRIES, waitFor } from '../lock/tries.js';
import { fieldError } from '../ui/field-error.js';
import { icon } from '../ui/icon.js';

/** @typedef {import('../life/main.js').LifeContext} LifeContext */

/**
 * The terminal is locked: the hour, the PIN, and the urgent numbers. Nothing of what is held.
 * @param {LifeContext} context
 */
export function lock(context) {
  const { state, t, w, format, acts } = context;
  const { forgetting, pin } = state.forms.life;
  const now = new Date(state.now).toISOString();
  return html`<main id="contenu" class="page page-narrow lock" tabindex="-1">
    <div class="lock-head"><h1 id="page-title" tabindex="-1">${icon('lock')}${w('locked')}</h1><p class="lock-clock"><time datetime=${now}>${format.clock(now)}</time></p></div>
    ${forgetting ? forgotten(context) : html`
    <form class="lock-form" novalidate @submit=${acts.unlock}>
      <label for="pin">${w('pin')}</label>
      <input id="pin" class="pin" name="pin" type="password" inputmode="none" autocomplete="off" maxlength="8" autofocus
        aria-invalid=${pin?.error ? 'true' : nothing} aria-describedby="pin-told">
      <div id="pin-told" class="pin-told" role="alert">${told(context)}</div>
      <div class="keypad" role="group" aria-label=${w('pin_keys')}>
        ${['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => key(context, digit))}
        <button class="button button-plain key-word" type="button" @click=${acts.erase}>${w('pin_erase')}</button>
        ${key(context, '0')}
        <button class="button button-primary key-word" type="submit" aria-disabled=${String(Boolean(pin?.busy))}>${w('pin_open')}</button>
      </div>
      <button class="button button-plain button-wide" type="button" @click=${acts.forget}>${w('forgot')}</button>
    </form>`}
    <nav class="urgent" aria-label=${w('urgent')}>
      <a class="button button-secondary" href="tel:17" aria-label=${w('urgent_call', { number: '17' })}>${icon('phone')}17</a>
      <a class="button button-secondary" href="tel:112" aria-label=${w('urgent_call', { number: '112' })}>${icon('phone')}112</a>
      <a class="button button-secondary" href="sms:114">${icon('sms')}${w('urgent_114')}</a>
    </nav>
    <p class="visually-hidden">${t('app')}</p>
  </main>`;
}

/**
 * @param {LifeContext} context
 * @param {string} digit
 */
function key({ acts }, digit) {
  return html`<button class="button button-secondary key" type="button" @click=${() => acts.press(digit)}>${digit}</button>`;
}

/**
 * How many tries are left, and when the next one is; also after a restart.
 * @param {import('../life/main.js').LifeContext} context
 */
export function told({ state, w, format }) {
  const { lock: held } = state.held;
  const { pin } = state.forms.life;
  if (pin?.busy) return html`<p class="quiet-start">${w('pin_checking')}</p>`;
  if (pin?.error) return fieldError(w(pin.error), 'pin-error');
  if (!held?.fails) return nothing;
  const left = TRIES - held.fails;
  const wait = waitFor(held.fails, held.failed_at, state.now);
  return html`${fieldError(left > 1 ? w('pin_wrong', { n: left }) : w('pin_wrong_last'), 'pin-error')}
    ${wait > 0 ? html`<p class="pin-wait" role="timer">${w('pin_wait', { when: format.duration(wait / 1000) })}</p>` : nothing}`;
}

/** @param {LifeContext} context */
function forgotten({ state, t, w, acts }) {
  const isOffline = state.network.state === 'offline';
  return html`<div class="callout callout-warning" role="alert">
    <p>${icon('warning')}<span>${w('forgot_text')}</span></p>
    ${state.held.outbox.length ? html`<p>${w('forgot_waiting')}</p>` : nothing}
    ${isOffline ? html`<p><b>${w('forgot_offline')}</b></p>` : nothing}
    <div class="stack">
      <button class="button button-secondary button-wide" type="button" @click=${acts.stay}>${t('cancel')}</button>
      <button class="button button-danger button-wide" type="button" @click=${acts.forgetNow}>${w('forgot_do')}</button>
    </div></div>`;
}
