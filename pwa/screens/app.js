import { html, nothing } from 'lit-html';
import { gateOf } from '../lock/gate.js';
import { inbox } from './inbox.js';
import { statusLine, updateOffer } from './status-line.js';
import { tabs } from './tabs.js';

/** @typedef {import('../ui/context.js').Context} Context */

/** The screens of the settings' tab, which come when they are wanted. */
const SETTINGS = new Set(['settings', 'terminals', 'pin']);

/**
 * The whole page for a state.
 * @param {Context} context
 */
export function app(context) {
  const { state, t, actions } = context;
  const gate = gateOf(state);
  return html`
    <a class="skip" href="#contenu" @click=${actions.skip}>${t('skip')}</a>
    ${state.phase === 'ready' && (gate === null || gate === 'lock') ? statusLine(context) : nothing}
    ${gate && gate !== 'lock' && state.update ? html`<div class="status">${updateOffer(context)}</div>` : nothing}
    ${gate ? life(context, gate) : body(context)}
    <div class="visually-hidden" role="status" aria-live="polite">${gate ? nothing : state.announcement}</div>
  `;
}

/** @param {Context} context */
function body(context) {
  const { state, me, t } = context;
  if (state.phase === 'starting') return html`<main id="contenu" class="page"><p class="quiet-start">${t('loading')}</p></main>`;
  const screen = state.route.screen;
  if (SETTINGS.has(screen) || me?.unit_id === null) {
    const name = /** @type {'settings' | 'terminals' | 'pin'} */ (SETTINGS.has(screen) ? screen : 'settings');
    return html`${life(context, name)}${tabs(context)}`;
  }
  return html`
    <main id="contenu" class="panes" ?data-detail=${screen !== 'inbox'} tabindex="-1">
      ${inbox(context)}
      ${detail(context)}
    </main>
    ${screen === 'inbox' ? tabs(context) : html`<div class="tabs-when-wide">${tabs(context)}</div>`}
  `;
}

/**
 * The right-hand side, or the whole screen of a phone.
 * @param {Context} context
 */
function detail(context) {
  if (!context.state.route.id) return html`<section class="detail detail-none"><p>${context.t('select')}</p></section>`;
  const part = context.parts.detail;
  return part.get()?.(context) ?? html`<section class="detail">${absent(context, part)}</section>`;
}

/**
 * A screen about who this is.
 * @param {Context} context
 * @param {import('../life/main.js').Screen} screen
 */
function life(context, screen) {
  const part = context.parts.life;
  return part.get()?.(context, screen) ?? html`<main id="contenu" class="page page-narrow" tabindex="-1">${absent(context, part)}</main>`;
}

/**
 * Instead of a part that has not come yet, or cannot come.
 * @param {Context} context
 * @param {import('../ui/lazy.js').Lazy<unknown>} part
 */
function absent({ t }, part) {
  if (!part.failed()) return html`<p class="quiet-start">${t('loading')}</p>`;
  return html`<p role="alert">${t('later_failed')}</p>
    <button class="button button-primary button-wide" type="button" @click=${part.retry}>${t('retry')}</button>`;
}
