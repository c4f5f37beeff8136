import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { currentHere } from '../../sync/duty.js';
import { icon } from '../../ui/icon.js';
import { staleness } from '../inbox.js';
import { absencesOf } from './absences.js';
import { backTo, pending } from './frame.js';
import { statusLine } from './position.js';

/** @typedef {import('./frame.js').Frame} Frame */

/**
 * Who is what, until when; the chief opens a row to change it.
 * @param {Frame} frame
 */
export function brigade(frame) {
  const { view, chief, t } = frame;
  const people = [...view.agents.values()].sort((one, other) => one.name.localeCompare(other.name, 'fr'));
  return html`${backTo(address('duty'), t('tab_duty'))}
    <h1 id="page-title" tabindex="-1">${t('brigade')}</h1>
    ${view.unit ? html`<p class="list-unit">${view.unit.name}</p>` : nothing}
    ${staleness(frame)}
    <p class="hint">${t(chief ? 'brigade_hint_chief' : 'brigade_hint')}</p>
    <ul class="rows people">${repeat(people, ({ id }) => id, (one) => person(frame, one))}</ul>`;
}

/**
 * @param {Frame} frame
 * @param {import('../../types').AgentDoc} one
 */
function person(frame, one) {
  const { state, view, agent, chief, t, period } = frame;
  const item = view.duty.get(one.id);
  const held = currentHere(item?.stretches ?? [], state.now);
  const absence = absencesOf(view, one.id, state.now).find(({ cancelled }) => !cancelled);
  const away = absence && Date.parse(absence.starts_at) <= state.now;
  const words = html`<span class="person-name">${one.name}${one.id === agent.id ? html` <span class="quiet">${t('you')}</span>` : nothing}</span>
    <span class="person-status" data-status=${held?.status ?? 'unknown'}>${icon(`duty-${held?.status ?? 'unknown'}`)}<span>${statusLine(frame, held)}</span></span>
    ${absence ? html`<span class="person-absence">${icon('calendar')}<span>${t(away ? 'absent' : 'absent_next', { period: period(absence) })}</span></span>` : nothing}
    ${pending(frame, item)}`;
  const opens = chief && one.id !== agent.id;
  return html`<li class="row">${opens || one.id === agent.id
    ? html`<a class="person" href=${address('duty', opens ? String(one.id) : null)}>${words}</a>`
    : html`<div class="person">${words}</div>`}</li>`;
}
