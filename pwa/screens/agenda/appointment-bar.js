import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { exchangeOf, inTheWay, isBooked, maySayOutcome, receives } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { closeOnChoice, closeOnEscape } from '../action-bar.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

const QUARTER = 15 * 60_000;

/**
 * Within thumb's reach: the one thing to do next, and the others behind "Plus".
 * @param {Frame} frame
 * @param {Item} item
 */
export function appointmentBar(frame, item) {
  const main = primary(frame, item);
  const others = more(frame, item);
  if (main === nothing && others.length === 0) return nothing;
  return html`<div class="action-bar appointment-bar">
    ${main}
    ${others.length === 0 ? nothing : html`<details class="more" @keydown=${closeOnEscape} @click=${closeOnChoice}>
      <summary class="button button-secondary">${icon('more')}<span>${frame.t('more')}</span></summary>
      <div class="more-list">${others}</div>
    </details>`}
  </div>`;
}

/** @param {Frame} frame @param {Item} item */
function primary(frame, item) {
  const { state, view, agent, chief, t, format, period, does } = frame;
  const settling = String(state.forms.settling);
  if (item.state === 'requested' && chief) {
    return html`<button class="button button-primary button-wide" type="button" @click=${() => does.agenda.approve(item.id)}>${icon('check')}${t('approve')}</button>`;
  }
  if (item.state === 'confirmed' && maySayOutcome(item, state.now) && (receives(item, agent.id) || Date.parse(item.ends_at) <= state.now)) {
    return html`<div class="pair">
      <button class="button button-primary" type="button" aria-disabled=${settling} @click=${() => does.agenda.outcome(item.id, 'honoured')}>${icon('check')}${t('came')}</button>
      ${maySayOutcome(item, state.now, 'no_show') ? html`<button class="button button-secondary" type="button" aria-disabled=${settling} @click=${() => does.agenda.outcome(item.id, 'no_show')}>${icon('close')}${t('came_not')}</button>` : nothing}</div>`;
  }
  if (!isBooked(item) || Date.parse(item.ends_at) <= state.now) return nothing;
  if (receives(item, agent.id)) {
    return item.state === 'confirmed' ? html`<p class="hint">${t('outcome_from', { when: format.moment(new Date(Date.parse(item.starts_at) - QUARTER).toISOString()) })}</p>` : nothing;
  }
  if (item.agents.length >= item.agents_needed) return nothing;
  const busy = inTheWay(view, agent.id, item);
  if (busy) return html`<p class="mark">${icon('warning')}${t('take_busy', { period: period(busy) })}</p>`;
  return html`<button class="button button-primary button-wide" type="button" @click=${() => does.agenda.take(item.id)}>${icon('check')}${t('take')}</button>`;
}

/** @param {Frame} frame @param {Item} item */
function more({ state, view, agent, chief, t, does }, item) {
  const coming = isBooked(item) && Date.parse(item.ends_at) > state.now;
  const said = item.state === 'honoured' || item.state === 'no_show';
  const link = (/** @type {'assign' | 'swap' | 'propose'} */ screen, /** @type {string} */ name) =>
    html`<a class="button button-plain" href=${address(screen, item.id)}>${icon(name)}${t(screen)}</a>`;
  const swaps = coming && [...view.appointments.values()].some((other) => other.id !== item.id && exchangeOf(item, other, agent));
  return [
    coming && receives(item, agent.id) && html`<button class="button button-plain" type="button" @click=${() => does.agenda.leave(item.id)}>${icon('undo')}${t('leave')}</button>`,
    swaps && link('swap', 'transfer'),
    coming && chief && link('assign', 'user'),
    coming && chief && link('propose', 'calendar'),
    coming && html`<a class="button button-plain" href=${address('cancel', item.id)}>${icon('close')}${t(chief ? 'cancel_it' : 'cancel_for')}</a>`,
    said && maySayOutcome(item, state.now, item.state === 'honoured' ? 'no_show' : 'honoured') && html`<button class="button button-plain" type="button" @click=${() => does.agenda.correct(item.id, item.state === 'honoured' ? 'no_show' : 'honoured')}>${icon('undo')}${t('came_correct')}, ${t(item.state === 'honoured' ? 'came_not' : 'came')}</button>`,
  ].filter(Boolean);
}
