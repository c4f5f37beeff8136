import { html } from 'lit-html';
import { address } from '../../router.js';
import { isBooked, receives } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { backTo } from '../service/frame.js';

/**
 * @typedef {import('../service/frame.js').Frame} Frame
 * @typedef {import('../../types').AppointmentItem} Item
 */

/**
 * Why the citizen comes, in the reader's language; the code itself where the list has not come yet.
 * @param {Frame} frame
 * @param {Item} item
 */
export function reasonWords({ view, state }, item) {
  const known = view.reasons.find(({ code }) => code === item.reason);
  return known ? known[state.language] || known.fr : item.reason;
}

/**
 * « 14 h 30 – 15 h 30 ».
 * @param {Frame} frame
 * @param {{starts_at: string, ends_at: string}} period
 */
export function hours({ t, format }, { starts_at, ends_at }) {
  return t('from_to', { from: format.clock(starts_at), to: format.clock(ends_at) });
}

/**
 * Where it stands, and the icon of that.
 * @param {Frame} frame
 * @param {Item} item
 * @returns {{words: string, name: string, look: string}}
 */
export function standing(frame, item) {
  const { t, format, agent, state } = frame;
  const plain = (/** @type {string} */ name, /** @type {string} */ words, look = '') => ({ name, words, look });
  switch (item.state) {
    case 'held': return plain('time', t('appointment_held', { when: format.moment(item.held_until ?? item.starts_at) }));
    case 'cancelled': return plain('close', t(item.ended_by === 'citizen' ? 'appointment_cancelled_citizen' : 'appointment_cancelled_unit'), 'late');
    case 'moved': return plain('transfer', t('appointment_moved'));
    case 'no_show': return plain('close', t('appointment_no_show'));
    case 'honoured': return plain('done', t(item.ended_by === 'time' ? 'appointment_settled' : 'appointment_honoured'), 'good');
    default:
  }
  if (item.state === 'requested') return plain('time', t('appointment_requested'), 'near');
  if (Date.parse(item.ends_at) <= state.now) return plain('time', t('agenda_to_say'), 'near');
  if (item.agents.length < item.agents_needed) {
    if (item.released_at) return plain('warning', t('appointment_released', { when: format.on(item.released_at) }), 'late');
    return plain('user', t(item.agents.length ? 'appointment_lacks' : 'appointment_to_take'), 'near');
  }
  return receives(item, agent.id) ? plain('check', t('appointment_mine'), 'good') : plain('user', people(item));
}

/** @param {{agents: readonly import('../../types').Person[]}} item */
export function people({ agents }) {
  return agents.map(({ name }) => name).join(', ');
}

/** @param {Item} item */
export function lacks(item) {
  return isBooked(item) && item.agents.length < item.agents_needed;
}

/** @param {readonly Item[]} items @returns {Item[]} the earliest first */
export function inOrder(items) {
  return [...items].sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at) || (one.id < other.id ? -1 : 1));
}

/**
 * The head of a step: the way back to the appointment, and what it is about.
 * @param {Frame} frame
 * @param {Item} item
 * @param {string} title
 */
export function stepHead(frame, item, title) {
  return html`${backTo(address('appointment', item.id), frame.t('reference', { reference: item.reference }))}
    <h1 id="page-title" tabindex="-1">${title}</h1>
    <p class="row-title">${frame.period(item)}</p>
    <p>${reasonWords(frame, item)}${item.citizen?.name ? html` · ${item.citizen.name}` : ''}</p>`;
}

/** @param {Frame} frame */
export function gone({ t }) {
  return html`${backTo(address('agenda'), t('tab_agenda'))}<h1 id="page-title" tabindex="-1">${t('appointment_gone_title')}</h1><p>${t('appointment_gone_text')}</p>`;
}

/**
 * @param {Frame} frame
 * @param {Item} item
 */
export function placeWords({ t }, { place: { kind, name, address: where } }) {
  return [t(`place_${kind}`), name, where].filter(Boolean).join(', ');
}

/** @param {string} name @param {string} words @param {string} [look] */
export function mark(name, words, look = '') {
  return html`<span class="mark" data-look=${look}>${icon(name)}${words}</span>`;
}
