import { html, nothing } from 'lit-html';
import { deviceName } from '../life/device-name.js';
import { address } from '../router.js';
import { fieldError } from '../ui/field-error.js';
import { languages } from './sign-in.js';

/** @typedef {import('../life/main.js').LifeContext} LifeContext */

/**
 * This device becomes a terminal, by a code that the desk shows: read by the camera, or typed.
 * @param {LifeContext} context
 */
export function enrol(context) {
  const { state, t, w, format, acts } = context;
  const { busy, error, wait } = state.forms.life.signIn ?? { busy: false, error: null, wait: 0 };
  const isRead = state.route.id !== null;
  return html`<main id="contenu" class="page page-narrow" tabindex="-1">
    <p class="brand">${t('app')}</p>
    <h1 id="page-title" tabindex="-1">${w('enrol')}</h1>
    <p class="hint">${w('enrol_hint')}</p>
    ${present(context)}
    <form class="form" novalidate autocomplete="off" @submit=${acts.enrol}>
      <div role="alert">${fieldError(error && w(error, { when: format.duration(wait) }), 'enrol-error')}</div>
      ${isRead ? nothing : html`<div class="field" ?data-error=${error !== null}>
        <label for="enrol-code">${w('enrol_code')}</label>
        <p class="hint" id="enrol-code-hint">${w('enrol_code_hint')}</p>
        <input id="enrol-code" class="code" name="code" autocapitalize="characters" spellcheck="false" maxlength="40"
          aria-invalid=${error ? 'true' : nothing} aria-describedby="enrol-code-hint${error ? ' enrol-error' : ''}">
      </div>`}
      <div class="field">
        <label for="enrol-name">${w('enrol_name')}</label>
        <p class="hint" id="enrol-name-hint">${w('enrol_name_hint')}</p>
        <input id="enrol-name" name="name" maxlength="80" value=${deviceName(navigator.userAgent, w)} aria-describedby="enrol-name-hint">
      </div>
      <button class="button button-primary button-wide" type="submit" aria-disabled=${String(busy)}>${w(busy ? 'enrolling' : 'enrol_do')}</button>
    </form>
    <p class="other-way"><a class="button button-plain" href=${address('inbox')}>${state.phase === 'ready' ? t('cancel') : html`${w('sign_in_or')} ${w('sign_in')}`}</a></p>
    ${languages(context)}
  </main>`;
}

/**
 * Whoever is signed in here is told what becomes of that; a locked terminal names nobody.
 * @param {LifeContext} context
 */
function present({ state, t, w, me }) {
  const n = state.held.outbox.length;
  const isIn = state.phase === 'ready' && me !== null;
  if (!isIn && n === 0) return nothing;
  return html`<div class="callout">
    ${isIn ? html`<p>${state.locked ? w('enrol_locked') : w('enrol_signed_in', { name: me.agent.name })}</p>` : nothing}
    ${n ? html`<p><b>${n === 1 ? t('waiting_one') : t('waiting_many', { n })}</b></p><p>${w('enrol_waiting')}</p>` : nothing}
  </div>`;
}
