import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { receives } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { readablePhone } from '../../ui/phone.js';
import { backTo, pending } from '../service/frame.js';
import { appointmentBar } from './appointment-bar.js';
import { clashBlock } from './clash.js';
import { confirmBlock } from './confirm.js';
import { questionBlock } from './question.js';
import { people, placeWords, reasonWords, standing } from './parts.js';
import { toldList } from '../told-list.js';
import { callMark } from './told.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

/**
 * One appointment: when and where it stands on top, who comes and how to call, what to bring, where, who receives.
 * @param {Frame} frame
 * @param {Item} item
 */
export function appointment(frame, item) {
  const { t, format, period, state } = frame;
  const { name, words, look } = standing(frame, item);
  // What was decided before a citizen cancelled is not the ending; with the same instant somebody took their call.
  const by = item.ended_by === 'unit' ? 'appointment_by' : item.ended_by === 'citizen' && item.decided_at === item.ended_at ? 'appointment_noted' : null;
  const said = item.ended_at !== null && by && item.decided_by
    ? t(by, { what: words, name: item.decided_by.name ?? '', when: format.on(item.ended_at) })
    : item.ended_at ? t('appointment_on', { what: words, when: format.on(item.ended_at) }) : words;
  return html`<article class="appointment">
    ${backTo(address('agenda'), t('tab_agenda'))}
    <header class="detail-head">
      <h1 id="page-title" tabindex="-1">${reasonWords(frame, item)}</h1>
      <p class="appointment-when">${period(item)}</p>
      <p class="detail-sub"><span class="reference">${item.reference}</span></p>
      <p class="detail-state" tabindex="-1" data-look=${look}>${icon(name)}<span>${said}</span> ${pending(frame, item)}</p>
      ${callMark(frame, item)}
    </header>
    ${questionBlock(frame, item)}
    ${clashBlock(frame, item)}
    ${confirmBlock(frame, item)}
    ${item.discreet ? html`<div class="callout callout-discreet"><h2>${icon('discreet')}<span>${t('discreet_title')}</span></h2><p>${t('discreet_text')}</p></div>` : nothing}
    ${who(frame, item)}
    ${block('papers-title', t('appointment_papers'), papers(frame, item))}
    <section class="block" aria-labelledby="where-title">
      <h2 id="where-title">${t('place')}</h2>
      <p>${placeWords(frame, item)}${item.place.kind === 'unit' ? html` · ${t('appointment_at_counter', { n: item.counter.number })}` : nothing}</p>
      ${map(frame, item)}
    </section>
    <section class="block" aria-labelledby="receives-title">
      <h2 id="receives-title">${t('appointment_receives')}</h2>
      <p>${people(item) || t('appointment_nobody')}</p>
      ${item.agents_needed > 1 ? html`<p class="quiet">${t('appointment_needs_two')}</p>` : nothing}
    </section>
    ${block('citizen-word-title', t('appointment_citizen_word'), item.citizen_word ? t('quoted', { word: item.citizen_word }) : '', item.language)}
    ${block('word-title', t('appointment_word'), item.word ? t('quoted', { word: item.word }) : '')}
    ${toldList(frame, item.told)}
    ${state.held.me ? appointmentBar(frame, item) : nothing}
  </article>`;
}

/** @param {Frame} frame @param {Item} item */
function who(frame, item) {
  const { t, agent } = frame;
  const { citizen } = item;
  if (!citizen) return block('who-title', t('appointment_who'), t('appointment_partner'));
  const look = receives(item, agent.id) && item.ended_at === null ? 'button-secondary button-main' : 'button-secondary';
  return html`<section class="block contact" aria-labelledby="who-title">
    <h2 id="who-title" class="visually-hidden">${t('appointment_who')}</h2>
    <p class="contact-name">${citizen.name ?? t('appointment_no_name')}</p>
    ${item.language === 'en' ? html`<p class="mark">${icon('translate')}${t('appointment_english')}</p>` : nothing}
    ${citizen.phone ? html`<a class="button ${look} button-wide" href="tel:${citizen.phone}">${icon('phone')}<span>${t('call')} <b class="number">${readablePhone(citizen.phone)}</b></span></a>
      <p class="message-rule" data-allowed=${String(citizen.may_leave_message)}>${icon(citizen.may_leave_message ? 'voice' : 'no-voice')}<span>${t(citizen.may_leave_message ? 'message_yes' : 'message_no')}</span></p>`
      : html`<p class="quiet">${t('appointment_no_phone')}</p>`}
  </section>
  ${block('facts-title', t('appointment_facts'), citizen.facts ?? '', item.language)}`;
}

/** @param {string} id @param {string} title @param {string} words @param {string} [language] */
function block(id, title, words, language) {
  return words ? html`<section class="block" aria-labelledby=${id}><h2 id=${id}>${title}</h2><p class="facts" lang=${language ?? nothing}>${words}</p></section>` : nothing;
}

/** @param {Frame} frame @param {Item} item */
function papers({ view, state }, item) {
  const known = view.reasons.find(({ code }) => code === item.reason);
  return known?.[`papers_${state.language}`] || known?.papers_fr || '';
}

/**
 * Where somebody has to go to; the words of the address, so that any map may find it without network too.
 * @param {Frame} frame
 * @param {Item} item
 */
function map({ t }, { place }) {
  const where = [place.name, place.address].filter(Boolean).join(', ');
  if (!where || place.kind === 'unit' || place.kind === 'video') return nothing;
  return html`<div class="buttons"><a class="button button-secondary" href="geo:0,0?q=${encodeURIComponent(where)}">${icon('map')}${t('map')}</a></div>`;
}
