import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { pending } from './frame.js';
import { planningWords, sourceLink } from './plannings.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('../../types').AbsenceItem} AbsenceItem
 */

/**
 * Today's absences of somebody and all that come; those that are over by the clock are gone.
 * @param {Frame} frame
 * @param {{id: number}} about
 */
export function absences(frame, about) {
  const { state, view, agent, t, form } = frame;
  const mine = about.id === agent.id;
  const items = absencesOf(view, about.id, state.now);
  const undo = form.undo?.agent_id === about.id ? form.undo : null;
  return html`<section class="block" aria-labelledby="absences-title">
    <h2 id="absences-title" tabindex="-1">${t('absences')} ${items.length ? html`<b class="count">${items.length}</b>` : nothing}</h2>
    ${undo ? html`<div class="notice" id="undo"><p>${icon('info')}<span>${t('absence_undo', { period: frame.period(undo) })}</span></p>
      <div class="buttons"><button class="button button-secondary" type="button" @click=${frame.does.declareAgain}>${icon('undo')}${t('declare_again')}</button></div></div>` : nothing}
    ${items.length ? html`<ul class="rows">${repeat(items, ({ id }) => id, (item) => row(frame, item, mine))}</ul>` : html`<p class="quiet">${t(mine ? 'absences_none' : 'absences_none_them')}</p>`}
    <div class="buttons"><a class="button button-secondary" href=${address('absence', mine ? null : String(about.id))}>${icon('add')}${t('absence_declare')}</a></div>
  </section>`;
}

/**
 * @param {import('../../types').View} view
 * @param {number} agentId
 * @param {number} now milliseconds
 * @returns {AbsenceItem[]} the earliest first
 */
export function absencesOf(view, agentId, now) {
  return [...view.absences.values()]
    .filter(({ agent, ends_at }) => agent.id === agentId && Date.parse(ends_at) > now)
    .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
}

/**
 * @param {Frame} frame
 * @param {AbsenceItem} item
 * @param {boolean} mine
 */
function row(frame, item, mine) {
  const { t, period, does, chief, state } = frame;
  const running = Date.parse(item.starts_at) <= state.now && !item.cancelled;
  const said = period(item);
  const by = item.declared_by && item.declared_by.id !== item.agent.id ? t('absence_by', { name: item.declared_by.name ?? '' }) : null;
  return html`<li class="row" ?data-gone=${item.cancelled} data-source=${item.source}>
    <p class="row-title">${item.cancelled ? html`<s>${said}</s>` : said}</p>
    ${item.word ? html`<p class="row-word">${item.word}</p>` : nothing}
    <p class="row-marks">
      ${running ? html`<span class="mark">${icon('clock')}${t('running')}</span>` : nothing}
      ${item.cancelled ? html`<span class="mark">${icon('close')}${t('cancelled')}</span>` : nothing}
      ${item.source === 'planning' ? html`<span class="mark">${icon('calendar')}${planningWords(frame, item)}</span>` : nothing}
      ${by ? html`<span class="mark">${icon('user')}${by}</span>` : nothing}
      ${pending(frame, item)}
    </p>
    ${item.source === 'own' && !item.cancelled && (mine || chief) ? html`<button class="button button-plain row-button" type="button" @click=${() => does.cancelAbsence(item)}>${icon('close')}${t('absence_cancel')}<span class="visually-hidden">, ${said}</span></button>` : nothing}
    ${item.source === 'planning' ? sourceLink(frame, item) : nothing}
  </li>`;
}
