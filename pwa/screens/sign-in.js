import { html, nothing } from 'lit-html';
import { fieldError } from '../ui/field-error.js';

/** @typedef {import('../ui/context.js').Context} Context */

/**
 * @param {Context} context
 */
export function signIn(context) {
  const { state, t, format, actions } = context;
  const { busy, error, wait, shown } = state.forms.signIn;
  const waiting = state.held.outbox.length;
  return html`<main id="contenu" class="page page-narrow" tabindex="-1">
    <p class="brand">${t('app')}</p>
    <h1 id="page-title" tabindex="-1">${t('sign_in')}</h1>
    <p class="hint">${t('sign_in_hint')}</p>
    ${waiting ? html`<div class="callout"><p>${t('sign_in_waiting')}</p><p><b>${waiting === 1 ? t('waiting_one') : t('waiting_many', { n: waiting })}</b></p></div>` : nothing}
    <form class="form" novalidate @submit=${actions.signIn}>
      <div role="alert">${fieldError(error && t(error, { when: format.duration(wait) }), 'sign-in-error')}</div>
      <div class="field" ?data-error=${error !== null}>
        <label for="login">${t('login')}</label>
        <input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false"
          aria-invalid=${error ? 'true' : nothing} aria-describedby=${error ? 'sign-in-error' : nothing}>
      </div>
      <div class="field" ?data-error=${error !== null}>
        <label for="password">${t('password')}</label>
        <div class="password">
          <input id="password" name="password" type=${shown ? 'text' : 'password'} autocomplete="current-password"
            aria-invalid=${error ? 'true' : nothing} aria-describedby=${error ? 'sign-in-error' : nothing}>
          <button class="button button-secondary" type="button" aria-controls="password" aria-pressed=${String(shown)} @click=${actions.togglePassword}>${t(shown ? 'hide_password' : 'show_password')}</button>
        </div>
      </div>
      <button class="button button-primary button-wide" type="submit" aria-disabled=${String(busy)}>${t(busy ? 'signing_in' : 'sign_in')}</button>
    </form>
    <fieldset class="languages"><legend class="visually-hidden">${t('language')}</legend>
      ${/** @type {const} */ ([['fr', 'Français'], ['en', 'English']]).map(([code, name]) => html`
        <button class="button button-plain" type="button" lang=${code} aria-pressed=${String(state.language === code)} @click=${() => actions.setLanguage(code)}>${name}</button>`)}
    </fieldset>
  </main>`;
}

/**
 * Somebody else's actions wait on this terminal: they are not the newcomer's to send, nor silently to lose.
 * @param {Context} context
 * @param {import('../types').Me} owner
 */
export function foreign({ state, t, actions }, owner) {
  const n = state.held.outbox.length;
  const { name } = owner.agent;
  return html`<main id="contenu" class="page page-narrow" tabindex="-1">
    <h1 id="page-title" tabindex="-1">${t('foreign_title', { name })}</h1>
    <p><b>${n === 1 ? t('waiting_one') : t('waiting_many', { n })}</b></p>
    <p>${t('foreign_text', { name })}</p>
    <div class="stack">
      <button class="button button-primary button-wide" type="button" @click=${actions.keepForeign}>${t('foreign_keep', { name })}</button>
      <button class="button button-danger button-wide" type="button" @click=${actions.discardForeign}>${t('foreign_discard')}</button>
    </div>
  </main>`;
}
