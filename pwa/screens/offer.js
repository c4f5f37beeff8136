import { html, nothing } from 'lit-html';
import { fieldError } from '../ui/field-error.js';
import { icon } from '../ui/icon.js';

/**
 * @typedef {import('../life/main.js').LifeContext} LifeContext
 * @typedef {import('../life/forms.js').Offer} Offer
 */

/**
 * Enrol a terminal: for whom, then the code to scan, until it is used or its ten minutes are over.
 * @param {LifeContext} context
 */
export function offer(context) {
  const { state } = context;
  const shown = state.forms.life.offer;
  return html`<section class="block offer" aria-labelledby="offer-title">
    ${shown?.offer ? code(context, shown.offer) : form(context)}
  </section>`;
}

/** @param {LifeContext} context */
function form(context) {
  const { state, me, w, acts } = context;
  const { status, code: refusal } = state.forms.life.offer ?? { status: 'idle', code: '' };
  const refused = w(refusal ? 'offer_refused' : 'terminals_error', { code: refusal });
  const error = status === 'offline' ? w('offer_offline') : status === 'error' ? refused : null;
  const others = colleagues(context);
  return html`<h2 id="offer-title" tabindex="-1">${icon('qr')}<span>${w('offer')}</span></h2>
    <form class="form" novalidate @submit=${acts.offer}>
      <div role="alert">${fieldError(error, 'offer-error')}</div>
      ${others.length ? html`<div class="field"><label for="offer-agent">${w('offer_for')}</label>
        <select id="offer-agent" name="agent">
          <option value=${me?.agent.id ?? ''}>${w('offer_me', { name: me?.agent.name ?? '' })}</option>
          ${others.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
        </select></div>` : nothing}
      <button class="button button-primary button-wide" type="submit" aria-disabled=${String(status === 'asking')}>${w(status === 'asking' ? 'offer_asking' : 'offer_do')}</button>
    </form>`;
}

/**
 * Whom else a chief may have one enrolled for: the people of the unit.
 * @param {LifeContext} context
 * @returns {{id: number, name: string}[]}
 */
function colleagues({ state, me }) {
  if (!me?.agent.roles.includes('chief')) return [];
  return state.held.docs
    .filter(({ k }) => k.startsWith('agent/'))
    .map(({ body }) => /** @type {{id: number, name: string}} */ (/** @type {unknown} */ (body)))
    .filter(({ id }) => id !== me.agent.id)
    .sort((one, other) => one.name.localeCompare(other.name));
}

/**
 * @param {LifeContext} context
 * @param {Offer} shown
 */
function code(context, shown) {
  const { state, w, format, acts } = context;
  const { used, agent } = shown;
  const left = Math.max(0, Math.ceil((Date.parse(shown.expires_at) - state.now) / 1000));
  const close = html`<button class="button button-secondary button-wide" type="button" @click=${acts.closeOffer}>${w('offer_close')}</button>`;
  const title = html`<h2 id="offer-title" tabindex="-1">${icon('qr')}<span>${w('offer_title', { name: agent.name })}</span></h2>`;
  if (used) {
    const words = w('offer_used', { terminal: used.name, name: agent.name, when: format.moment(used.enrolled_at) });
    return html`${title}<p class="done" role="status">${icon('done')}<span>${words}</span></p>${close}`;
  }
  if (left === 0) {
    return html`${title}<p role="status">${w('offer_over')}</p><div class="stack">
      <button class="button button-primary button-wide" type="button" @click=${acts.closeOffer}>${w('offer_again')}</button></div>`;
  }
  const { host, pathname } = new URL(shown.url);
  return html`${title}
    <p>${w('offer_scan')}</p>
    <img class="qr" src=${picture(shown.svg)} alt=${w('offer_picture')} width="280" height="280">
    <p>${w('offer_type', { address: `${host}${pathname}#/enrol` })}</p>
    <p class="code code-shown">${shown.code}</p>
    <p role="timer">${w('offer_left', { minutes: Math.floor(left / 60), seconds: String(left % 60).padStart(2, '0') })}</p>
    ${close}`;
}

/**
 * As a picture, in which nothing can run whatever the text says.
 * @param {string} svg
 */
function picture(svg) {
  const whole = svg.includes('xmlns=') ? svg : svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  return `data:image/svg+xml,${encodeURIComponent(whole)}`;
}
