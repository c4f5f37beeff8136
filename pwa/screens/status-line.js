import { html, nothing } from 'lit-html';
import { icon } from '../ui/icon.js';

/**
 * The quiet line on top: the truth about the network and about what waits to be sent.
 * @param {import('../ui/context.js').Context} context
 */
export function statusLine({ state, t, format, actions }) {
  const { network, held } = state;
  const n = held.outbox.length;
  // The first picture needs no clock, and making one is not free.
  const since = () => ({ when: format.moment(network.since ?? held.contactAt ?? new Date(state.now).toISOString()) });
  const [name, words] = {
    connecting: () => /** @type {const} */ (['wifi', html`<span class="quiet-start">${t('connecting')}</span>`]),
    up: () => /** @type {const} */ (['wifi', html`${t('up')}${network.live ? nothing : html`<span class="quiet-start">${t('up_slow')}</span>`}`]),
    offline: () => /** @type {const} */ (['wifi-off', t('offline_since', since())]),
    error: () => /** @type {const} */ (['warning', t('error_since', since())]),
  }[network.state]();
  return html`<div class="status" data-state=${network.state} data-live=${String(network.live)}>
    <p class="status-line" role="status">
      <span class="status-part">${icon(name)}<span>${words}</span></span>
      ${n ? html`<span class="status-part">${icon('time')}<span>${n === 1 ? t('waiting_one') : t('waiting_many', { n })}</span></span>` : nothing}
    </p>
    ${network.state === 'up' || network.state === 'connecting' ? nothing : html`<button class="status-button" type="button" @click=${actions.retry}>${t('retry')}</button>`}
    ${updateOffer({ state, t, actions })}
    ${storage(state, t)}
  </div>`;
}

/**
 * A newer version is offered and never imposed.
 * @param {Pick<import('../ui/context.js').Context, 'state' | 't' | 'actions'>} context
 */
export function updateOffer({ state, t, actions }) {
  return state.update ? html`<p class="update"><span>${t('update_ready')}</span>
    <button class="status-button" type="button" @click=${actions.update}>${t('update_now')}</button></p>` : nothing;
}

/**
 * What is not safe on this device, and what to do about it.
 * @param {import('../store.js').State} state
 * @param {import('../ui/translate.js').Translate} t
 */
function storage(state, t) {
  const n = state.held.outbox.filter(({ unsafe }) => unsafe).length;
  if (!n && state.storage === 'safe') return nothing;
  const words = n ? t(n === 1 ? 'unsafe_one' : 'unsafe_many', { n }) : t(state.storage === 'full' ? 'storage_full' : 'storage_at_risk');
  return html`<p class="status-storage" role="alert">${icon('warning')}<span>${words}</span></p>`;
}
