import { html, nothing } from 'lit-html';
import { detail } from './detail.js';
import { inbox } from './inbox.js';
import { later } from './later.js';
import { settings } from './settings.js';
import { foreign, signIn } from './sign-in.js';
import { statusLine } from './status-line.js';
import { tabs } from './tabs.js';

/** @typedef {import('../ui/context.js').Context} Context */

/** Screens about people's time, which fill the page. */
const SERVICE = new Set(['duty', 'absence', 'opening', 'brigade', 'desk']);

/**
 * The whole page for a state.
 * @param {Context} context
 */
export function app(context) {
  const { state, t, actions } = context;
  return html`
    <a class="skip" href="#contenu" @click=${actions.skip}>${t('skip')}</a>
    ${state.phase === 'ready' ? statusLine(context) : nothing}
    ${body(context)}
    <div class="visually-hidden" role="status" aria-live="polite">${state.announcement}</div>
  `;
}

/** @param {Context} context */
function body(context) {
  const { state, me, t } = context;
  if (state.phase === 'starting') return html`<main id="contenu" class="page"><p class="quiet-start">${t('loading')}</p></main>`;
  if (state.phase === 'broken') {
    return html`<main id="contenu" class="page" tabindex="-1">
      <h1>${t('broken_title')}</h1><p>${t('broken_text')}</p></main>`;
  }
  if (state.forms.foreign) return foreign(context, state.forms.foreign);
  if (state.phase === 'signed-out' || !me) return signIn(context);
  const screen = state.route.screen;
  if (screen === 'settings' || me.unit_id === null) {
    return html`<main id="contenu" class="page" tabindex="-1">${settings(context)}</main>${tabs(context)}`;
  }
  if (SERVICE.has(screen)) {
    return html`<main id="contenu" class="page page-service" tabindex="-1">${later(context, 'page-title', (parts) => parts.serviceScreen(context))}</main>${tabs(context)}`;
  }
  return html`
    <main id="contenu" class="panes" ?data-detail=${screen !== 'inbox'} tabindex="-1">
      ${inbox(context)}
      ${detail(context)}
    </main>
    ${screen === 'inbox' ? tabs(context) : html`<div class="tabs-when-wide">${tabs(context)}</div>`}
  `;
}
