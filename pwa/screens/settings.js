import { html, nothing } from 'lit-html';
import { icon } from '../ui/icon.js';
import { keyOr } from '../ui/translate.js';

/** @typedef {import('../ui/context.js').Context} Context */

/**
 * Who is signed in, how the terminal looks and speaks, and the way out.
 * @param {Context} context
 */
export function settings(context) {
  const { state, view, me, t, actions } = context;
  return html`<h1 id="page-title" tabindex="-1">${t('settings')}</h1>
    ${me?.unit_id === null ? html`<div class="callout"><h2>${t('no_unit_title')}</h2><p>${t('no_unit_text')}</p></div>` : nothing}
    <section class="block">
      <dl class="facts-list">
        <div><dt>${icon('user')}${t('signed_in_as')}</dt>
          <dd><b>${me?.agent.name}</b><br><span class="quiet">${me?.agent.roles.map((role) => t(keyOr(`role_${role}`, 'signed_in_as'))).join(', ')}</span></dd></div>
        ${view.unit ? html`<div><dt>${icon('building')}${t('unit')}</dt><dd>${view.unit.name}</dd></div>` : nothing}
      </dl>
    </section>
    ${choice(context, 'language', state.language, [['fr', 'Français'], ['en', 'English']], actions.setLanguage)}
    ${choice(context, 'theme', state.theme, [['auto', t('theme_auto')], ['light', t('theme_light')], ['dark', t('theme_dark')]], actions.setTheme)}
    ${leave(context)}
    <p class="quiet version">${t('version')} ${document.documentElement.dataset.version}</p>`;
}

/**
 * @template {string} V
 * @param {Context} context
 * @param {'language' | 'theme'} name
 * @param {V} current
 * @param {readonly (readonly [V, string])[]} values
 * @param {(value: V) => void} set
 */
function choice({ t }, name, current, values, set) {
  return html`<fieldset class="block segmented"><legend>${t(name)}</legend><div class="segments">
    ${values.map(([value, label]) => html`<label class="segment" lang=${name === 'language' ? value : nothing}>
      <input type="radio" name=${name} value=${value} .checked=${current === value} @change=${() => set(value)}><span>${label}</span></label>`)}
  </div></fieldset>`;
}

/**
 * Signing out forgets everything; what was not sent is only lost after a second, plain-worded tap.
 * @param {Context} context
 */
function leave({ state, t, actions }) {
  const n = state.held.outbox.length;
  const waiting = n === 1 ? t('waiting_one') : t('waiting_many', { n });
  if (!state.forms.leaving || n === 0) {
    return html`<div class="block">
      ${state.network.state === 'up' ? nothing : html`<p class="quiet">${t('sign_out_offline')}</p>`}
      <button class="button button-secondary button-wide" type="button" @click=${actions.signOut}>${icon('logout')}${t('sign_out')}</button></div>`;
  }
  return html`<div class="callout callout-warning" role="alert"><p>${icon('warning')}<span>${t('sign_out_warning', { waiting })}</span></p>
    <div class="buttons">
      <button class="button button-secondary" type="button" @click=${actions.stay}>${t('cancel')}</button>
      <button class="button button-danger" type="button" @click=${actions.signOutAndLose}>${t('sign_out_lose')}</button>
    </div></div>`;
}
