// What a gendarme did to an appointment in their own agenda is asked about once, and never simply obeyed.

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { openFindings, questionTo } from './asked.js';
import { mark, reasonWords } from './parts.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

/**
 * Above the days: each of mine that my agenda says otherwise.
 * @param {Frame} frame
 * @param {Item[]} all
 */
export function questions(frame, all) {
  const { t, state, agent, period } = frame;
  const items = all.filter((item) => questionTo(item, agent.id, state.now));
  // The place stays while its rows go, because the focus comes back to it.
  if (items.length === 0) return html`<div id="questions-title" tabindex="-1"></div>`;
  return html`<section class="block" aria-labelledby="questions-title">
    <h2 id="questions-title" tabindex="-1">${t('questions')} <b class="count">${items.length}</b></h2>
    <ul class="rows">${repeat(items, ({ id }) => id, (item) => html`<li class="row" data-question=${item.id}>
      <a class="person" href=${address('appointment', item.id)} data-id=${item.id}><span class="row-title">${period(item)}</span>
        <span>${reasonWords(frame, item)}${item.citizen?.name ? html` · ${item.citizen.name}` : nothing}</span></a>
      ${ask(frame, item, '#questions-title')}
    </li>`)}</ul>
  </section>`;
}

/**
 * On the appointment's own screen: the question to whom it is for, to others that it was asked.
 * @param {Frame} frame
 * @param {Item} item
 */
export function questionBlock(frame, item) {
  const { t, state, agent } = frame;
  const others = openFindings(item, state.now).filter((one) => one.agent.id !== agent.id);
  return html`${questionTo(item, agent.id, state.now) ? html`<section class="callout callout-warning question" aria-labelledby="question-title">
      <h2 id="question-title">${icon('calendar')}<span>${t('question_title')}</span></h2>
      ${ask(frame, item, '.detail-state')}</section>` : nothing}
    ${others.map((one) => html`<p class="mark">${icon('calendar')}<span>${t(`question_other_${one.deed}`, { name: one.agent.name ?? '' })}</span></p>`)}`;
}

/** @param {Frame} frame @param {Item} item */
export function questionMark({ t, state, agent }, item) {
  return questionTo(item, agent.id, state.now) ? mark('calendar', t('question_mark'), 'near') : nothing;
}

/**
 * @param {Frame} frame
 * @param {Item} item
 * @param {string} then where the focus goes
 */
function ask({ t, state, agent, does, period }, item, then) {
  const found = questionTo(item, agent.id, state.now);
  if (!found) return nothing;
  const settling = String(state.forms.settling);
  const which = html`<span class="visually-hidden">, ${period(item)}</span>`;
  return html`<p><span>${t(`question_${found.deed}`)} <b>${t('question_ask')}</b></span></p>
    <div class="buttons">
      <button class="button button-primary" type="button" aria-disabled=${settling} @click=${() => does.agenda.answer(item.id, found.id, 'keep', then)}>${icon('check')}${t('question_keep')}${which}</button>
      <button class="button button-secondary" type="button" aria-disabled=${settling} @click=${() => does.agenda.answer(item.id, found.id, 'leave', then)}>${icon('close')}${t('question_leave')}${which}</button>
    </div>`;
}
