import { html, nothing } from 'lit-html';
import { icon } from '../ui/icon.js';
import { reasonOf, stateIcon, stateLine } from '../ui/words.js';

/**
 * @typedef {import('../ui/context.js').Context} Context
 * @typedef {import('../types').Item} Item
 */

/**
 * What it is and where it stands.
 * @param {Context} context
 * @param {Item} item
 */
export function titleOf(context, item) {
  const { format, state } = context;
  const late = item.state === 'waiting' && Date.parse(item.due_at) <= state.now;
  return html`<header class="detail-head">
    <h1 id="detail-title" tabindex="-1">${reasonOf(context, item)}</h1>
    <p class="detail-sub">${item.state === 'transferred' ? nothing : html`${item.commune.name} (${item.commune.departement}) · `}${format.age(item.created_at)} · <span class="reference">${item.reference}</span></p>
    <p class="detail-state" tabindex="-1" data-state=${late ? 'late' : item.state}>${icon(late ? 'alarm' : stateIcon(item))}<span>${stateLine(context, item)}</span></p>
  </header>`;
}

/** @param {Context} context */
export function pendingMark({ t }) {
  return html`<p class="mark mark-pending">${icon('upload')}${t('pending')}</p>`;
}
