import { html, nothing } from 'lit-html';
import { detail } from './detail.js';
import { inbox } from './inbox.js';
import { settings } from './settings.js';
import { foreign, signIn } from './sign-in.js';
import { statusLine } from './status-line.js';
import { tabs } from './tabs.js';

/** @typedef {import('../ui/context.js').Context} Context */

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
  if (state.forms.foreign) return foreign(context, state.forms.foreign);
  if (state.phase === 'signed-out' || !me) return signIn(context);
  const screen = state.route.screen;
  if (screen === 'settings' || me.unit_id === null) {
    return html`<main id="contenu" class="page" tabindex="-1">${settings(context)}</main>${tabs(context)}`;
  }
  return html`
    <main id="contenu" class="panes" ?data-detail=${screen !== 'inbox'} tabindex="-1">
      ${inbox(context)}
      ${detail(context)}
    </main>
    ${screen === 'inbox' ? tabs(context) : html`<div class="tabs-when-wide">${tabs(context)}</div>`}
  `;
}
