import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { DOCS_LAST_MS } from '../sync/ownership.js';
import { groups } from '../ui/groups.js';
import { card } from './card.js';
import { dutyChip } from './duty-chip.js';
import { later } from './later.js';

const FIRST_PICTURE = 9;

/**
 * @typedef {import('../ui/context.js').Context} Context
 * @typedef {import('../types').Item} Item
 */

/**
 * The list of requests: who waits first, mine next, the unit's last, and the past under a fold.
 * @param {Context} context
 */
export function inbox(context) {
  const { state, view, me, t } = context;
  const { waiting, mine, unit, past } = groups(view.requests.values(), me?.agent.id ?? 0);
  const open = waiting.length + mine.length + unit.length;
  return html`<section class="list" aria-labelledby="inbox-title" @keydown=${moveFocus}>
    <header class="list-head">
      <h1 id="inbox-title" tabindex="-1">${t('inbox')}</h1>
      ${view.unit ? html`<p class="list-unit">${view.unit.name}</p>` : nothing}
    </header>
    ${dutyChip(context)}
    ${news(context)}
    ${staleness(context)}
    ${state.held.cursor === '' ? first(context) : html`
      ${open === 0 ? empty(context) : html`
        ${group(context, 'group_waiting', waiting, t('empty_waiting'))}
        ${group(context, 'group_mine', mine)}
        ${group(context, 'group_unit', unit)}`}
      ${past.length === 0 ? nothing : html`<details class="past">
        <summary><span>${t('group_past')} <b class="count">${past.length}</b></span></summary>
        ${cards(context, past)}
      </details>`}`}
  </section>`;
}

/**
 * @param {Context} context
 * @param {import('../ui/translate.js').Key} title
 * @param {Item[]} items
 * @param {string} [ifEmpty] nothing is shown without it
 */
function group(context, title, items, ifEmpty) {
  if (items.length === 0 && !ifEmpty) return nothing;
  return html`<section class="group" aria-labelledby=${title}>
    <h2 id=${title}>${context.t(title)} <b class="count">${items.length}</b></h2>
    ${items.length ? cards(context, items) : html`<p class="group-empty">${ifEmpty}</p>`}
  </section>`;
}

/**
 * @param {Context} context
 * @param {Item[]} items
 */
function cards(context, items) {
  const shown = context.state.complete ? items : items.slice(0, FIRST_PICTURE);
  return html`<ul class="cards">${repeat(shown, (item) => item.id, (item) => html`<li>${card(context, item)}</li>`)}</ul>`;
}

/** @param {Context} context */
function empty({ t }) {
  return html`<div class="empty"><p class="empty-title">${t('empty_title')}</p><p>${t('empty_text')}</p></div>`;
}

/**
 * Before the first pull there is no list, not even an empty one.
 * @param {Context} context
 */
export function first({ state, t, format }) {
  const { contactAt } = state.held;
  if (contactAt && state.now - Date.parse(contactAt) > DOCS_LAST_MS) {
    return html`<div class="empty" role="alert"><p>${t('wiped_stale', { when: format.moment(contactAt) })}</p></div>`;
  }
  if (!isCutOff(state)) return html`<p class="quiet-start">${t('loading')}</p>`;
  return html`<div class="empty"><p>${t('never')}</p></div>`;
}

/**
 * What was refused, and what others did.
 * @param {Context} context
 */
export function news(context) {
  const { held, notices } = context.state;
  if (held.conflicts.length + notices.length === 0) return nothing;
  return later(context, null, (parts) => parts.news(context));
}

/** @param {Context['state']} state */
function isCutOff({ network }) {
  return network.state === 'offline' || network.state === 'error';
}

/** @param {Context} context */
export function staleness({ state, t, format }) {
  const { held } = state;
  if (!isCutOff(state) || !held.contactAt || held.cursor === '') return nothing;
  return html`<p class="stale">${t('partial', { when: format.on(held.contactAt) })}</p>`;
}

/**
 * Arrows walk through the cards of all groups; Enter follows the link by itself.
 * @param {KeyboardEvent} event
 */
function moveFocus(event) {
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('a.card')]).filter((link) => !link.closest('details:not([open])'));
  if (links.length === 0) return;
  const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? links.length - 1 : at - 1, Home: 0, End: links.length - 1 }[event.key] ?? 0;
  event.preventDefault();
  links[Math.min(links.length - 1, Math.max(0, to))].focus();
}
