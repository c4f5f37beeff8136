import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { pending } from '../service/frame.js';
import { openClashes, waitsForChief } from './asked.js';
import { clashRows } from './clash.js';
import { confirmMark } from './confirm.js';
import { inOrder, mark, reasonWords, standing } from './parts.js';
import { peopleToCall, toCall } from './told.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

/**
 * The appointments that wait for the chief: whose citizens must be called, to be approved, or to be given to somebody;
 * each is decided on the spot.
 * @param {Frame} frame
 * @returns {{count: number, rows: unknown}}
 */
export function deskAppointments(frame) {
  const all = inOrder([...frame.view.appointments.values()]);
  // What the planning contradicts is decided first; to approve it comes after.
  const contradicted = all.filter((item) => openClashes(item, frame.state.now).length > 0);
  const waiting = all.filter((item) => waitsForChief(item, frame.state.now) && !contradicted.includes(item));
  const [asked, alone] = [waiting.filter(({ state }) => state === 'requested'), waiting.filter(({ state }) => state !== 'requested')];
  const calls = toCall(frame.view, frame.state.now);
  return { count: contradicted.length + waiting.length + calls.length, rows: html`
    ${peopleToCall(frame, calls)}
    ${clashRows(frame, contradicted)}
    ${section(frame, 'desk_to_approve', 'to-approve-title', asked)}
    ${section(frame, 'desk_to_assign', 'to-assign-title', alone, 'desk_to_assign_hint')}` };
}

/**
 * @param {Frame} frame
 * @param {'desk_to_approve' | 'desk_to_assign'} title
 * @param {string} id
 * @param {Item[]} items
 * @param {'desk_to_assign_hint'} [hint]
 */
function section(frame, title, id, items, hint) {
  // The place stays while its rows go, because the focus comes back to it.
  if (items.length === 0) return html`<div id=${id} tabindex="-1"></div>`;
  return html`<section class="block" aria-labelledby=${id}>
    <h2 id=${id} tabindex="-1">${frame.t(title)} <b class="count">${items.length}</b></h2>
    ${hint ? html`<p class="hint">${frame.t(hint)}</p>` : nothing}
    <ul class="rows">${repeat(items, (item) => item.id, (item) => row(frame, item, id))}</ul>
  </section>`;
}

/** @param {Frame} frame @param {Item} item @param {string} id of the section */
function row(frame, item, id) {
  const { t, period, does } = frame;
  const { name, words, look } = standing(frame, item);
  const which = html`<span class="visually-hidden">, ${period(item)}</span>`;
  return html`<li class="row" data-appointment=${item.id}>
    <a class="person" href=${address('appointment', item.id)} data-id=${item.id}><span class="row-title">${period(item)}</span>
      <span>${reasonWords(frame, item)}${item.citizen?.name ? html` · ${item.citizen.name}` : nothing}</span></a>
    <p class="row-marks">${mark(name, words, look)}${confirmMark(frame, item)}${pending(frame, item)}</p>
    <div class="buttons">
      ${item.state === 'requested'
        ? html`<button class="button button-primary" type="button" @click=${() => does.agenda.approve(item.id, `#${id}`)}>${icon('check')}${t('approve')}${which}</button>`
        : html`<a class="button button-primary" href=${address('assign', item.id)}>${icon('user')}${t('assign')}${which}</a>`}
      <a class="button button-secondary" href=${address('propose', item.id)}>${icon('calendar')}${t('propose')}${which}</a>
    </div>
  </li>`;
}
