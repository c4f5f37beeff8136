// An appointment that the planning contradicts: the chief decides on the spot, and nothing is cancelled by itself.

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { inTheWay } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { pending } from '../service/frame.js';
import { openClashes, standingClashes } from './asked.js';
import { mark, reasonWords, standing } from './parts.js';

/**
 * @typedef {import('./parts.js').Frame} Frame
 * @typedef {import('./parts.js').Item} Item
 * @typedef {import('../../types').Clash} Clash
 */

/** More of them are behind the list of everybody. */
const MOST_COLLEAGUES = 2;

/**
 * « Lou Petit n’est pas là », or that nobody is left.
 * @param {{t: import('../../ui/translate.js').Translate}} context
 * @param {Clash} clash
 */
export function clashWords({ t }, { agent }) {
  return agent ? t('clash_agent', { name: agent.name ?? '' }) : t('clash_nobody');
}

/**
 * In a list: that the planning says something else.
 * @param {Frame} frame
 * @param {Item} item
 */
export function clashMark(frame, item) {
  const [first] = openClashes(item, frame.state.now);
  return first ? mark('warning', clashWords(frame, first), 'late') : nothing;
}

/**
 * At the desk, each decided on the spot.
 * @param {Frame} frame
 * @param {Item[]} items
 */
export function clashRows(frame, items) {
  const { t, period } = frame;
  // The place stays while its rows go, because the focus comes back to it.
  if (items.length === 0) return html`<div id="clashes-title" tabindex="-1"></div>`;
  return html`<section class="block" aria-labelledby="clashes-title">
    <h2 id="clashes-title" tabindex="-1">${t('clashes')} <b class="count">${items.length}</b></h2>
    <p class="hint">${t('clashes_hint')}</p>
    <ul class="rows">${repeat(items, ({ id }) => id, (item) => {
      const { name, words, look } = standing(frame, item);
      return html`<li class="row" data-clash-of=${item.id}>
        <a class="person" href=${address('appointment', item.id)} data-id=${item.id}><span class="row-title">${period(item)}</span>
          <span>${reasonWords(frame, item)}${item.citizen?.name ? html` · ${item.citizen.name}` : nothing}</span></a>
        ${openClashes(item, frame.state.now).map((clash) => html`<p class="row-marks">${mark('warning', clashWords(frame, clash), 'late')}
          <span class="quiet">${t('clash_since', { when: frame.format.on(clash.raised_at) })}</span></p>`)}
        <p class="row-marks">${mark(name, words, look)}${pending(frame, item)}</p>
        ${decide(frame, item, '#clashes-title')}
      </li>`;
    })}</ul>
  </section>`;
}

/**
 * On the appointment's own screen.
 * @param {Frame} frame
 * @param {Item} item
 */
export function clashBlock(frame, item) {
  const { t, chief, format } = frame;
  const all = standingClashes(item, frame.state.now);
  const open = all.filter(({ kept_by }) => !kept_by);
  if (all.length === 0) return nothing;
  if (open.length === 0) {
    return html`<p class="mark clash-kept">${icon('check')}${t('clash_kept_by', { name: all[0].kept_by?.name ?? '' })}</p>`;
  }
  return html`<section class="callout callout-warning clash" aria-labelledby="clash-title">
    <h2 id="clash-title">${icon('warning')}<span>${t('clash_title')}</span></h2>
    ${open.map((clash) => html`<p><span>${t('clash_said', { what: clashWords(frame, clash), when: format.on(clash.raised_at) })}</span></p>`)}
    ${chief ? decide(frame, item, '.detail-state') : html`<p>${t('clash_chief')}</p>`}
  </section>`;
}

/**
 * Give it to who is free, offer other times, or keep it all the same.
 * @param {Frame} frame
 * @param {Item} item
 * @param {string} then where the focus goes
 */
function decide({ t, view, state, does, period }, item, then) {
  const [clash] = openClashes(item, state.now);
  const settling = String(state.forms.settling);
  const which = html`<span class="visually-hidden">, ${period(item)}</span>`;
  // Who was free when it was raised may have been given something since.
  const free = clash.proposals.agents.filter(({ id }) => !inTheWay(view, id, item));
  return html`${free.length ? nothing : html`<p class="quiet">${t('clash_no_colleague')}</p>`}
    <div class="buttons">
      ${free.slice(0, MOST_COLLEAGUES).map((one, at) => html`<button class="button ${at ? 'button-secondary' : 'button-primary'}" type="button" aria-disabled=${settling}
        @click=${() => does.agenda.giveTo(item, clash, one.id, then)}>${icon('user')}${t('clash_give', { name: one.name ?? '' })}${which}</button>`)}
      <a class="button ${free.length ? 'button-secondary' : 'button-primary'}" href=${address('propose', item.id)}>${icon('calendar')}${t('propose')}${which}</a>
      ${free.length > MOST_COLLEAGUES || free.length === 0 ? html`<a class="button button-plain" href=${address('assign', item.id)}>${icon('team')}${t('clash_give_other')}${which}</a>` : nothing}
      <button class="button button-plain" type="button" aria-disabled=${settling} @click=${() => does.agenda.keepClash(item.id, clash.id, then)}>${icon('check')}${t('clash_keep')}${which}</button>
    </div>`;
}

/**
 * The other starts that were free when the planning changed, as far as they are still to come.
 * @param {Item} item
 * @param {number} now milliseconds
 * @returns {string[]}
 */
export function proposedStarts(item, now) {
  const starts = openClashes(item, now).flatMap(({ proposals }) => proposals.starts);
  return [...new Set(starts)].filter((start) => Date.parse(start) > now && Date.parse(start) !== Date.parse(item.starts_at));
}
