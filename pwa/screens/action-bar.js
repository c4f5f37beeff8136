import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { mayAct } from '../sync/effects/requests.js';
import { icon } from '../ui/icon.js';

/**
 * @typedef {import('../later.js').LaterContext} Context
 * @typedef {import('../types').RequestItem} RequestItem
 */

/**
 * Within thumb's reach: the one thing to do next, full width, and the others behind "Plus".
 * @param {Context} context
 * @param {RequestItem} item
 */
export function actionBar(context, item) {
  const { state, t, me, acts } = context;
  if (!me) return nothing;
  const waiting = item.state === 'waiting';
  const mayEnd = mayAct(item, me.agent);
  const mine = mayEnd && item.accepted_by?.id === me.agent.id;
  const others = [
    mayEnd && html`<button class="button button-plain" type="button" @click=${() => acts.release(item.id)}>${icon('undo')}${t('release')}</button>`,
    (waiting || mayEnd) && html`<a class="button button-plain" href=${address('transfer', item.id)}>${icon('transfer')}${t('transfer')}</a>`,
    html`<a class="button button-plain" href=${address('note', item.id)}>${icon('note')}${t('note')}</a>`,
    mayEnd && !mine && html`<a class="button button-plain" href=${address('close', item.id)}>${icon('done')}${t('close')}</a>`,
  ].filter(Boolean);
  // A colleague's request and one that has ended leave one thing to do, which then needs no fold.
  if (!waiting && !mayEnd) {
    return html`<div class="action-bar"><a class="button button-secondary button-wide" href=${address('note', item.id)}>${icon('note')}${t('note')}</a></div>`;
  }
  return html`<div class="action-bar">
    ${waiting ? html`<button class="button button-primary button-wide" type="button" @click=${() => acts.accept(item.id)}>${icon('check')}${t('accept')}</button>` : nothing}
    ${mine ? html`<a class="button button-primary button-wide" href=${address('close', item.id)} aria-disabled=${String(state.forms.settling)} @mousedown=${acts.settle} @click=${acts.settle}>${icon('done')}${t('close')}</a>` : nothing}
    <details class="more" @keydown=${closeOnEscape} @click=${closeOnChoice}>
      <summary class="button button-secondary">${icon('more')}<span>${t('more')}</span></summary>
      <div class="more-list">${others}</div>
    </details>
  </div>`;
}

/** @param {KeyboardEvent} event */
export function closeOnEscape(event) {
  const fold = /** @type {HTMLDetailsElement} */ (event.currentTarget);
  if (event.key !== 'Escape' || !fold.open) return;
  event.stopPropagation();
  fold.open = false;
  fold.querySelector('summary')?.focus();
}

/** @param {Event} event */
export function closeOnChoice(event) {
  const fold = /** @type {HTMLDetailsElement} */ (event.currentTarget);
  if (/** @type {Element} */ (event.target).closest('.more-list')) fold.open = false;
}
