import { html, nothing } from 'lit-html';
import { lifeKeyOr } from '../life/words.js';
import { address } from '../router.js';
import { fieldError } from '../ui/field-error.js';
import { icon } from '../ui/icon.js';

/** @typedef {import('../life/main.js').LifeContext} LifeContext */

/**
 * @param {LifeContext} context
 */
export function signIn(context) {
  const { state, t, w, format, acts } = context;
  const { busy, error, wait } = state.forms.life.signIn ?? { busy: false, error: null, wait: 0 };
  const shown = Boolean(state.forms.life.shown);
  return html`<main id="contenu" class="page page-narrow" tabindex="-1">
    <p class="brand">${t('app')}</p>
    <h1 id="page-title" tabindex="-1">${w('sign_in')}</h1>
    <p class="hint">${w('sign_in_hint')}</p>
    ${ended(context)}
    ${waiting(context)}
    <form class="form" novalidate @submit=${acts.signIn}>
      <div role="alert">${fieldError(error && w(error, { when: format.duration(wait) }), 'sign-in-error')}</div>
      <div class="field" ?data-error=${error !== null}>
        <label for="login">${w('login')}</label>
        <input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false"
          aria-invalid=${error ? 'true' : nothing} aria-describedby=${error ? 'sign-in-error' : nothing}>
      </div>
      <div class="field" ?data-error=${error !== null}>
        <label for="password">${w('password')}</label>
        <div class="password">
          <input id="password" name="password" type=${shown ? 'text' : 'password'} autocomplete="current-password"
            aria-invalid=${error ? 'true' : nothing} aria-describedby=${error ? 'sign-in-error' : nothing}>
          <button class="button button-secondary" type="button" aria-controls="password" aria-pressed=${String(shown)} @click=${acts.togglePassword}>${w(shown ? 'hide_password' : 'show_password')}</button>
        </div>
      </div>
      <button class="button button-primary button-wide" type="submit" aria-disabled=${String(busy)}>${w(busy ? 'signing_in' : 'sign_in')}</button>
    </form>
    <p class="other-way"><a class="button button-plain" href=${address('enrol')}>${w('enrol_or')} ${w('enrol')}</a></p>
    ${languages(context)}
  </main>`;
}

/**
 * Why nobody is signed in any more, and what to do about it.
 * @param {LifeContext} context
 */
function ended({ state, w, format }) {
  const { ended: end } = state.held;
  if (!end || (end.code === 'signed_out' && end.owed === null)) return nothing;
  return html`<div class="callout" role="alert"><h2>${icon('info')}<span>${w(lifeKeyOr(`ended_${end.code}`, 'ended_not_signed_in'))}</span></h2>
    <p>${w(lifeKeyOr(`ended_${end.code}_text`, 'ended_not_signed_in_text'), { when: format.on(end.at) })}</p></div>`;
}

/**
 * What waits to be sent is kept until it is delivered, or until a person gives it up.
 * @param {LifeContext} context
 */
function waiting({ state, t, w, acts }) {
  const n = state.held.outbox.length;
  if (n === 0) return nothing;
  const words = html`<p><b>${n === 1 ? t('waiting_one') : t('waiting_many', { n })}</b></p>`;
  if (!state.forms.life.discarding) {
    return html`<div class="callout">${words}<p>${w('ended_waiting')}</p>
      <button class="button button-plain" type="button" @click=${acts.discard}>${w('discard')}</button></div>`;
  }
  return html`<div class="callout callout-warning" role="alert">${words}<p>${icon('warning')}<span>${w('discard_warning')}</span></p>
    <div class="stack">
      <button class="button button-secondary button-wide" type="button" @click=${acts.stay}>${t('cancel')}</button>
      <button class="button button-danger button-wide" type="button" @click=${acts.discardNow}>${w('discard_do')}</button>
    </div></div>`;
}

/** @param {LifeContext} context */
export function languages({ state, w, acts }) {
  return html`<fieldset class="languages"><legend class="visually-hidden">${w('language')}</legend>
    ${/** @type {const} */ ([['fr', 'Français'], ['en', 'English']]).map(([code, name]) => html`
      <button class="button button-plain" type="button" lang=${code} aria-pressed=${String(state.language === code)} @click=${() => acts.setLanguage(code)}>${name}</button>`)}
  </fieldset>`;
}

/**
 * Somebody else's actions wait on this terminal: they are not the newcomer's to send, nor silently to lose.
 * @param {LifeContext} context
 */
export function foreign({ state, t, w, acts }) {
  const n = state.held.outbox.length;
  const name = state.forms.foreign?.agent.name ?? '';
  return html`<main id="contenu" class="page page-narrow" tabindex="-1">
    <h1 id="page-title" tabindex="-1">${w('foreign_title', { name })}</h1>
    <p><b>${n === 1 ? t('waiting_one') : t('waiting_many', { n })}</b></p>
    <p>${w('foreign_text', { name })}</p>
    <div class="stack">
      <button class="button button-primary button-wide" type="button" @click=${acts.keepForeign}>${w('foreign_keep', { name })}</button>
      <button class="button button-danger button-wide" type="button" @click=${acts.discardForeign}>${w('foreign_discard')}</button>
    </div>
  </main>`;
}
