import { html, nothing } from 'lit-html';
import { gateOf } from '../lock/gate.js';
import { detail } from './detail.js';
import { inbox } from './inbox.js';
import { absent, later } from './later.js';
import { statusLine, updateOffer } from './status-line.js';
import { PANES, tabs } from './tabs.js';

/** @typedef {import('../ui/context.js').Context} Context */

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
  const alone = me?.unit_id === null;
  if (screen === 'settings' || (alone && !me.agent.roles.includes('supervisor'))) return html`${life(context, 'settings')}${tabs(context)}`;
  if (alone || !PANES.has(screen)) {
    return html`<main id="contenu" class="page page-service" data-screen=${screen} tabindex="-1">${later(context, 'page-title', (parts) => parts.service(context))}</main>${tabs(context)}`;
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
 * A screen about who this is.
 * @param {Context} context
 * @param {import('../life/main.js').Screen} screen
 */
function life(context, screen) {
  const part = context.parts.life;
  return part.get()?.(context, screen) ?? html`<main id="contenu" class="page page-narrow" tabindex="-1">${absent(context, part, 'page-title')}</main>`;
}
