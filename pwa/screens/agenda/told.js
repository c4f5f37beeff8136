// Who hears what becomes of an appointment: by a message, or only when somebody of the unit calls.

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { isBooked } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { readablePhone } from '../../ui/phone.js';
import { inOrder, mark, reasonWords, standing } from './parts.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

/** @type {Record<string, string>} */
const MARKS = { mail: 'email', sms: 'sms', push: 'bell', call: 'phone' };

/**
 * How the citizen is told; null where an older version of the service has not said.
 * @param {Item} item
 * @returns {'mail' | 'sms' | 'push' | 'call' | 'partner' | 'nobody' | null} `nobody`: neither an address nor a phone was given
 */
export function toldBy({ reached_by, citizen }) {
  if (reached_by === undefined) return null;
  if (reached_by !== null) return reached_by === 'email' ? 'mail' : reached_by;
  if (!citizen) return 'partner';
  return citizen.phone ? 'call' : 'nobody';
}

/**
 * Whether somebody has to call, because what the unit or the clock decided is not known to the citizen and no message can
 * leave: a time that was given up, or an offer. Who has chosen another time since knows.
 * @param {import('../../types').View} view
 * @param {Item} item
 * @param {number} now milliseconds
 */
export function mustBeCalled(view, item, now) {
  if (toldBy(item) !== 'call') return false;
  if (item.state === 'held') return item.offer !== null && Date.parse(item.held_until ?? item.starts_at) > now;
  const givenUp = item.state === 'cancelled' && (item.ended_by === 'unit' || item.ended_by === 'time');
  return givenUp && Date.parse(item.starts_at) > now
    && ![...view.appointments.values()].some((other) => other.reference === item.reference && isBooked(other));
}

/**
 * One appointment for each person to call: what they lost before what is kept for them.
 * @param {import('../../types').View} view
 * @param {number} now milliseconds
 * @returns {Item[]} the earliest first
 */
export function toCall(view, now) {
  const found = inOrder([...view.appointments.values()].filter((item) => mustBeCalled(view, item, now)));
  /** @type {Map<string, Item>} */
  const people = new Map();
  for (const item of [...found.filter(({ state }) => state !== 'held'), ...found]) {
    if (!people.has(item.reference)) people.set(item.reference, item);
  }
  return inOrder([...people.values()]);
}

/** @param {Frame} frame @param {Item} item */
export function callMark({ view, state, t }, item) {
  return mustBeCalled(view, item, state.now) ? mark('phone', t('told_must_call'), 'late') : nothing;
}

/**
 * In a list of appointments that are about to change: who will hear by a message, and who must be called.
 * @param {Frame} frame
 * @param {Item} item
 */
export function toldMark({ t }, item) {
  const how = toldBy(item);
  return how ? mark(MARKS[how] ?? 'info', t(`told_short_${how}`)) : nothing;
}

/**
 * Before one appointment is cancelled or given up.
 * @param {Frame} frame
 * @param {Item} item
 */
export function howTold({ t }, item) {
  const how = toldBy(item);
  if (!how) return nothing;
  const alone = !['mail', 'sms', 'push'].includes(how);
  return html`<div class="callout ${alone ? 'callout-warning' : ''}" data-told=${how}><p>${alone ? icon('warning') : nothing}<span>${t(`told_${how}`)}</span></p>
    ${how === 'call' ? call(t, item) : nothing}</div>`;
}

/** @param {Frame} frame @param {Item[]} items */
export function peopleToCall(frame, items) {
  const { t, period } = frame;
  if (items.length === 0) return nothing;
  return html`<section class="block" aria-labelledby="to-call-title">
    <h2 id="to-call-title" tabindex="-1">${t('to_call')} <b class="count">${items.length}</b></h2>
    <p class="hint">${t('to_call_hint')}</p>
    <ul class="rows">${repeat(items, ({ id }) => id, (item) => {
      const { name, words, look } = standing(frame, item);
      const kept = offersOf(frame, item);
      return html`<li class="row" data-to-call=${item.id}>
        <a class="person" href=${address('appointment', item.id)} data-id=${item.id}><span class="row-title">${item.citizen?.name ?? item.reference}</span>
          <span>${period(item)} · ${reasonWords(frame, item)}</span></a>
        <p class="row-marks">${mark(name, words, look)}${item.discreet ? mark('discreet', t('discreet')) : nothing}</p>
        ${kept.length ? html`<p>${t('to_call_offers', { times: kept.map(period).join(', ') })}</p>` : nothing}
        ${call(t, item)}
      </li>`;
    })}</ul>
  </section>`;
}

/**
 * The times that stand instead of one that was given up.
 * @param {Frame} frame
 * @param {Item} item
 */
function offersOf({ view, state }, { id, reference }) {
  return inOrder([...view.appointments.values()].filter((other) => other.id !== id && other.reference === reference
    && other.state === 'held' && Date.parse(other.held_until ?? other.starts_at) > state.now));
}

/** @param {Frame['t']} t @param {Item} item */
function call(t, { citizen }) {
  if (!citizen?.phone) return nothing;
  const allowed = citizen.may_leave_message;
  return html`<div class="buttons"><a class="button button-secondary" href="tel:${citizen.phone}">${icon('phone')}<span>${t('call')} <b class="number">${readablePhone(citizen.phone)}</b></span></a></div>
    <p class="message-rule" data-allowed=${String(allowed)}>${icon(allowed ? 'voice' : 'no-voice')}<span>${t(allowed ? 'message_yes' : 'message_no')}</span></p>`;
}
