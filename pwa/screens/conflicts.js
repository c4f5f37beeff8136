import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';
import { keyOr } from '../ui/translate.js';
import { reasonOf } from '../ui/words.js';

/**
 * @typedef {import('../ui/context.js').Context} Context
 * @typedef {import('../types').Conflict} Conflict
 */

/**
 * What the server refused; each card stays until its reader has understood.
 * @param {Context} context
 */
export function conflicts(context) {
  const { state, t } = context;
  if (state.held.conflicts.length === 0) return nothing;
  return html`<section class="conflicts" aria-labelledby="conflicts-title">
    <h2 id="conflicts-title">${t('conflicts')} <b class="count">${state.held.conflicts.length}</b></h2>
    ${repeat(state.held.conflicts, ({ id }) => id, (conflict) => one(context, conflict))}
  </section>`;
}

/**
 * @param {Context} context
 * @param {Conflict} conflict
 */
function one(context, conflict) {
  const { view, t, format, actions } = context;
  const op = conflict.op.replace('request.', '');
  return html`<div class="notice notice-conflict" role="alert">
    <h3>${icon('warning')}<span>${t(keyOr(`conflict_${op}`, 'conflicts'))}</span></h3>
    <p>${conflict.reason ? html`${reasonOf(context, { reason: conflict.reason })}, ${conflict.reference}. ` : nothing}${why(context, conflict)}</p>
    ${conflict.args.text ? html`<p>${t('conflict_note_text', { text: conflict.args.text })}</p>` : nothing}
    <p class="quiet">${t('conflict_tapped', { when: format.on(conflict.tapped_at) })}</p>
    <div class="buttons">
      <button class="button button-secondary" type="button" @click=${() => actions.dismissConflict(conflict.id)}>${t('dismiss')}</button>
      ${view.requests.has(conflict.args.request_id) ? html`<a class="button button-plain" href=${address('request', conflict.args.request_id)}>${t('see')}</a>` : nothing}
    </div>
  </div>`;
}

/**
 * Who was first, and when.
 * @param {Context} context
 * @param {Conflict} conflict
 */
function why({ t, format }, conflict) {
  return t(keyOr(`conflict_${conflict.code}`, 'conflict_other'), {
    name: conflict.by ?? '',
    when: conflict.at ? format.on(conflict.at) : '',
    code: conflict.code,
    id: conflict.error_id ?? '',
  });
}
