import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';
import { offer } from './offer.js';

/**
 * @typedef {import('../life/main.js').LifeContext} LifeContext
 * @typedef {import('../types').EnrolledTerminal} EnrolledTerminal
 */

/**
 * The enrolled terminals, one's own or for a chief the unit's: enrolling one more, revoking a lost one.
 * @param {LifeContext} context
 */
export function terminals(context) {
  const { state, t, w } = context;
  const revoked = state.forms.life.terminals?.revoked;
  return html`<main id="contenu" class="page" tabindex="-1">
    <a class="back" href=${address('settings')}>${icon('back')}<span>${t('settings')}</span></a>
    <h1 id="page-title" tabindex="-1">${w('terminals')}</h1>
    <p class="quiet">${w('terminals_text')}</p>
    ${offer(context)}
    <div role="status">${revoked ? html`<p class="done" id="revoked" tabindex="-1">${icon('done')}<span>${w('revoked', { name: revoked })}</span></p>` : nothing}</div>
    ${list(context)}
  </main>`;
}

/** @param {LifeContext} context */
function list(context) {
  const { state, t, w, acts } = context;
  const { status, list: all } = state.forms.life.terminals ?? { status: 'loading', list: [] };
  if (status === 'offline' || status === 'error') {
    return html`<div class="empty"><p>${w(status === 'offline' ? 'terminals_offline' : 'terminals_error')}</p>
      <button class="button button-secondary" type="button" @click=${acts.loadTerminals}>${t('retry')}</button></div>`;
  }
  if (status === 'loading' && all.length === 0) return html`<p class="quiet-start">${t('loading')}</p>`;
  if (all.length === 0) return html`<p class="group-empty">${w('terminals_none')}</p>`;
  return html`<ul class="terminals">${all.map((one) => html`<li class="terminal">${terminal(context, one)}</li>`)}</ul>`;
}

/**
 * @param {LifeContext} context
 * @param {EnrolledTerminal} one
 */
function terminal(context, one) {
  const { state, w, format, acts } = context;
  return html`
    <h2>${icon('device')}<span>${one.name}</span>${one.this ? html` <b class="count">${w('terminal_this')}</b>` : nothing}</h2>
    <p>${w('terminal_of', { name: one.agent.name, when: format.on(one.enrolled_at) })}</p>
    <p class="quiet">${one.last_seen_at ? w('terminal_seen', { when: format.on(one.last_seen_at) }) : w('terminal_never_seen')}</p>
    ${state.forms.life.terminals?.revoking === one.id ? confirm(context, one) : html`
    <button class="button button-secondary" type="button" aria-label=${w('revoke_named', { name: one.name })} @click=${() => acts.revoke(one.id)}>${w('revoke')}</button>`}`;
}

/**
 * @param {LifeContext} context
 * @param {EnrolledTerminal} one
 */
function confirm({ t, w, acts }, one) {
  return html`<div class="callout callout-warning" role="alert"><h3 id="revoke-${one.id}" tabindex="-1">${icon('warning')}<span>${w('revoke_title', { name: one.name })}</span></h3>
    <p>${one.this ? html`<b>${w('revoke_this')}</b> ` : nothing}${w('revoke_text')}</p>
    <div class="buttons">
      <button class="button button-secondary" type="button" @click=${() => acts.revoke(null)}>${t('cancel')}</button>
      <button class="button button-danger" type="button" @click=${() => acts.revokeNow(one)}>${w('revoke')}</button>
    </div></div>`;
}
