import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { mayWithdraw } from '../../sync/effects/openings.js';
import { icon } from '../../ui/icon.js';
import { wallOf } from '../../ui/zone.js';
import { backTo, input, pending } from '../service/frame.js';
import { titleOf } from '../service/opening-row.js';
import { concernedList, concernedOf, wordField } from './concerned.js';
import { datesOf } from './dates.js';
import { closure } from './recurrence-fields.js';

/**
 * @typedef {import('../service/frame.js').Frame} Frame
 * @typedef {import('../../types').OpeningItem} OpeningItem
 * @typedef {import('./dates.js').OneDate} OneDate
 */

const SHOWN = 16;

/**
 * The coming dates of an opening: each can be moved, shortened or dropped without touching the others.
 * @param {Frame} frame
 * @param {OpeningItem} item
 */
export function datesScreen(frame, item) {
  const { t, view, state, zone, agent, chief } = frame;
  const dates = datesOf(view, item, zone, state.now, SHOWN);
  const may = mayWithdraw(item, agent);
  return html`${backTo(address(chief ? 'desk' : 'duty'), t(chief ? 'tab_desk' : 'tab_duty'))}
    <h1 id="page-title" tabindex="-1">${t('dates')}</h1>
    <p class="row-title">${titleOf(frame, item)}</p>
    <p class="hint">${t(may ? 'dates_hint' : 'dates_read')} ${pending(frame, item)}</p>
    ${dates.length ? html`<ul class="rows dates">${repeat(dates, ({ day }) => day, (one) => row(frame, item, one, may))}</ul>` : html`<p class="quiet">${t('dates_none')}</p>`}
    ${dates.length === SHOWN ? html`<p class="quiet">${t('dates_more')}</p>` : nothing}`;
}

/**
 * @param {Frame} frame
 * @param {OpeningItem} item
 * @param {OneDate} one
 * @param {boolean} may
 */
function row(frame, item, one, may) {
  const { t, period, form, does } = frame;
  const said = period(one);
  const action = (/** @type {() => void} */ tap, /** @type {string} */ name, /** @type {string} */ words) =>
    html`<button class="button button-plain row-button" type="button" @click=${tap}>${icon(name)}${words}<span class="visually-hidden">, ${said}</span></button>`;
  return html`<li class="row" data-day=${one.day} ?data-gone=${one.dropped || one.closed !== null}>
    <p class="row-title">${one.dropped || one.closed ? html`<s>${said}</s>` : said}</p>
    <p class="row-marks">
      ${one.dropped ? html`<span class="mark">${icon('close')}${t('date_dropped')}</span>` : nothing}
      ${one.changed ? html`<span class="mark">${icon('note')}${t('date_changed')}</span>` : nothing}
      ${one.closed ? html`<span class="mark">${icon('calendar')}${closure(frame, one)}</span>` : nothing}
    </p>
    ${!may ? nothing : form.changing?.day === one.day ? changing(frame, item, one) : html`<div class="buttons">
      ${one.dropped ? nothing : action(() => does.startChange(one.day, 'move'), 'note', t('date_move'))}
      ${one.dropped ? nothing : action(() => does.startChange(one.day, 'drop'), 'close', t('date_drop'))}
      ${one.dropped || one.changed ? action(() => does.restore(item, one.day), 'undo', t('date_restore')) : nothing}
    </div>`}
  </li>`;
}

/**
 * @param {Frame} frame
 * @param {OpeningItem} item
 * @param {OneDate} one
 */
function changing(frame, item, one) {
  const { t, zone, form, does } = frame;
  const moving = form.changing?.how === 'move';
  const span = moving ? form.changing?.span ?? one : null;
  const concerned = item.state === 'approved' ? concernedOf(frame, item.id, { day: one.day, span }) : [];
  const [from, to] = [wallOf(one.starts_at, zone), wallOf(one.ends_at, zone)];
  return html`<form class="form decision service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.change(event, item, one)}>
    ${moving ? html`${input(frame, { name: 'day', label: t('day'), type: 'date', value: from.day })}
      <div class="field-pair">${input(frame, { name: 'from', label: t('from_time'), type: 'time', value: from.time })}${input(frame, { name: 'to', label: t('to_time'), type: 'time', value: to.time })}</div>` : nothing}
    ${concerned.length ? html`${concernedList(frame, concerned)}${wordField(frame, concerned)}` : nothing}
    <div class="buttons">
      <button class="button ${moving ? 'button-primary' : 'button-danger'}" type="submit">${t(moving ? 'date_move_do' : 'date_drop_do')}</button>
      <button class="button button-plain" type="button" @click=${() => does.stopChange(one.day)}>${t('back')}</button>
    </div>
  </form>`;
}
