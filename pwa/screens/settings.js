import { html, nothing } from 'lit-html';
import { lifeKeyOr } from '../life/words.js';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';

/** @typedef {import('../life/main.js').LifeContext} LifeContext */

/**
 * Who is signed in, how the terminal looks, speaks and locks, and the way out.
 * @param {LifeContext} context
 */
export function settings(context) {
  const { state, view, me, t, w, acts } = context;
  const role = (/** @type {string} */ name) => w(lifeKeyOr(`role_${name}`, 'signed_in_as'));
  return html`<main id="contenu" class="page" tabindex="-1"><h1 id="page-title" tabindex="-1">${t('settings')}</h1>
    ${me?.unit_id === null && !me.agent.roles.includes('supervisor') ? html`<div class="callout"><h2>${w('no_unit_title')}</h2><p>${w('no_unit_text')}</p></div>` : nothing}
    <section class="block">
      <dl class="facts-list">
        <div><dt>${icon('user')}${w('signed_in_as')}</dt>
          <dd><b>${me?.agent.name}</b><br><span class="quiet">${me?.agent.roles.map(role).join(', ')}</span></dd></div>
        ${view.unit ? html`<div><dt>${icon('building')}${w('unit')}</dt><dd>${view.unit.name}</dd></div>` : nothing}
      </dl>
    </section>
    <nav class="block menu" aria-label=${t('settings')}>
      ${me?.unit_id === null ? nothing : html`<a class="menu-item" href=${address('settings', 'terminaux')}>${icon('device')}<span>${w('terminals')}</span></a>
      <a class="menu-item" href=${address('settings', 'calendriers')}>${icon('calendar')}<span>${w('calendars')}</span></a>
      <a class="menu-item" href=${address('settings', 'notifications')}>${icon('bell')}<span>${w('notifications')}</span></a>`}
      <a class="menu-item" href=${address('settings', 'verrou')}>${icon('lock')}<span>${w('lock')}<br><span class="quiet">${state.held.lock ? `${w('lock_after')} ${w(`lock_minutes_${/** @type {1 | 5 | 15} */ (state.held.lock.minutes)}`)}` : w('lock_none')}</span></span></a>
      ${state.held.lock ? html`<button class="menu-item" type="button" @click=${acts.lockNow}>${icon('lock')}<span>${w('lock_now')}</span></button>` : nothing}
    </nav>
    ${choice(context, 'language', state.language, [['fr', 'Français'], ['en', 'English']], acts.setLanguage)}
    ${choice(context, 'theme', state.theme, [['auto', w('theme_auto')], ['light', w('theme_light')], ['dark', w('theme_dark')]], acts.setTheme)}
    ${leave(context)}
    <p class="quiet version">${w('version')} ${document.documentElement.dataset.version}</p></main>`;
}

/**
 * @template {string} V
 * @param {LifeContext} context
 * @param {'language' | 'theme'} name
 * @param {V} current
 * @param {readonly (readonly [V, string])[]} values
 * @param {(value: V) => void} set
 */
function choice({ w }, name, current, values, set) {
  return html`<fieldset class="block segmented"><legend>${w(name)}</legend><div class="segments">
    ${values.map(([value, label]) => html`<label class="segment" lang=${name === 'language' ? value : nothing}>
      <input type="radio" name=${name} value=${value} .checked=${current === value} @change=${() => set(value)}><span>${label}</span></label>`)}
  </div></fieldset>`;
}

/**
 * Signing out forgets everything; what was not sent is only lost after a second, plain-worded tap.
 * @param {LifeContext} context
 */
function leave({ state, me, t, w, acts }) {
  const n = state.held.outbox.length;
  const waiting = n === 1 ? t('waiting_one') : t('waiting_many', { n });
  if (!state.forms.life.leaving || n === 0) {
    return html`<div class="block">
      ${me?.enrolled ? html`<p class="quiet">${w('sign_out_enrolled')}</p>` : nothing}
      ${state.network.state === 'up' || state.network.state === 'connecting' ? nothing : html`<p class="quiet">${w('sign_out_offline')}</p>`}
      <button class="button button-secondary button-wide" type="button" @click=${acts.signOut}>${icon('logout')}${w('sign_out')}</button></div>`;
  }
  return html`<div class="callout callout-warning" role="alert"><p>${icon('warning')}<span>${w('sign_out_warning', { waiting })}</span></p>
    <div class="buttons">
      <button class="button button-secondary" type="button" @click=${acts.stay}>${t('cancel')}</button>
      <button class="button button-danger" type="button" @click=${acts.signOutAndLose}>${w('sign_out_lose')}</button>
    </div></div>`;
}
