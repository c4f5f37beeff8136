import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { silentSince, sourceAddress } from '../service/plannings.js';
import { mark } from './parts.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

/** @param {Item} item */
function waitsForPlanning({ state, to_confirm_because }) {
  return state === 'requested' && to_confirm_because === 'planning_silent';
}

/**
 * Why the chief has to confirm it though its reason needs no approval: a planning was silent when it was booked.
 * @param {Frame} frame
 * @param {Item} item
 */
export function confirmBlock({ t, view, chief, format }, item) {
  if (!waitsForPlanning(item)) return nothing;
  const silent = [...view.plannings.values()].map((one) => ({ ...one, silent: silentSince(one) }))
    .filter((one) => one.silent);
  return html`<section class="callout callout-warning" aria-labelledby="confirm-title">
    <h2 id="confirm-title">${icon('wifi-off')}<span>${t('confirm_title')}</span></h2>
    <p><span>${t('confirm_silent')}</span></p>
    ${chief ? html`${silent.map(({ id, name, state, since }) => html`<a class="button button-plain row-button" href=${sourceAddress(id)}>${icon('settings')}${t(state === 'silent' ? 'confirm_silent_named' : 'confirm_paused_named', { name, when: format.moment(since) })}</a>`)}
      <p><span>${t('confirm_silent_do')}</span></p>` : nothing}
  </section>`;
}

/** @param {Frame} frame @param {Item} item */
export function confirmMark({ t }, item) {
  return waitsForPlanning(item) ? mark('wifi-off', t('confirm_mark'), 'near') : nothing;
}
