import { html, nothing } from 'lit-html';
import { instantOf, wallOf } from '../../ui/zone.js';
import { outside } from '../../week/concerned.js';
import { toldMark } from '../agenda/told.js';
import { errorOf, input, segments } from '../service/frame.js';
import { reasonWords, times } from './words.js';

const LONGEST_WORD = 500;

/**
 * Other hours for one date of an opening, or none; whoever has an appointment in them is shown first.
 * @param {import('./frame.js').WeekFrame} frame
 * @param {import('../../types').OccurrenceDoc} occurrence
 * @param {NonNullable<import('./actions.js').Panel['moving']>} moving
 */
export function moveForm(frame, occurrence, moving) {
  const { t, period, acts, today } = frame;
  const concerned = concernedBy(frame, occurrence, moving);
  return html`<form class="form week-move" novalidate @submit=${(/** @type {SubmitEvent} */ event) => acts.move(event, occurrence)} @change=${acts.retime}>
    <h3>${t('week_move_title')}</h3>
    <p>${period(occurrence)}</p>
    <p class="hint">${t('week_move_only')}</p>
    ${segments({ legend: t('week_what'), name: 'what', values: [['move', t('week_what_move')], ['drop', t('week_drop')]], current: moving.drop ? 'drop' : 'move', set: () => undefined })}
    ${moving.drop ? nothing : html`
      ${input(frame, { name: 'day', label: t('day'), type: 'date', value: moving.day, min: today })}
      <div class="field-pair">
        ${input(frame, { name: 'from', label: t('from_time'), type: 'time', value: moving.from })}
        ${input(frame, { name: 'to', label: t('to_time'), type: 'time', value: moving.to })}
      </div>`}
    ${concerned.length ? html`<fieldset class="week-concerned"><legend>${t('week_concerned')} <b class="count">${concerned.length}</b></legend>
      <p class="hint">${t('week_concerned_text')}</p>
      ${concerned.map((one) => html`<label class="field"><span>${times(frame, one)}, ${reasonWords(frame, one.reason)}${one.citizen?.name ? `, ${one.citizen.name}` : ''} ${toldMark(frame, one)}</span>
        <select name="becomes-${one.id}"><option value="reoffer">${t('week_concerned_reoffer')}</option>
          ${moving.drop ? nothing : html`<option value="move">${t('week_concerned_move')}</option>`}<option value="cancel">${t('week_concerned_cancel')}</option></select></label>`)}
      ${word(frame)}
    </fieldset>` : nothing}
    <div class="buttons">
      <button class="button button-primary" type="submit">${t(moving.drop ? 'week_drop' : 'week_move_do')}</button>
      <button class="button button-plain" type="button" @click=${() => acts.askMove(null)}>${t('back')}</button>
    </div>
  </form>`;
}

/** @param {import('./frame.js').WeekFrame} frame */
function word(frame) {
  const wrong = Boolean(frame.form.errors?.word);
  return html`<div class="field" ?data-error=${wrong}><label for="week-word">${frame.t('week_word')}</label>${errorOf(frame, 'word')}
    <textarea id="week-word" name="word" rows="2" maxlength=${LONGEST_WORD} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? 'word-error' : nothing}></textarea></div>`;
}

/**
 * @param {import('./frame.js').WeekFrame} frame
 * @param {import('../../types').OccurrenceDoc} occurrence
 * @param {NonNullable<import('./actions.js').Panel['moving']>} moving
 */
function concernedBy({ view, zone }, occurrence, { day, from, to, drop }) {
  if (drop) return outside(view.appointments.values(), occurrence, null);
  if (!day || !from || !to) return [];
  return outside(view.appointments.values(), occurrence, { starts_at: instantOf(day, from, zone), ends_at: instantOf(day, to, zone) });
}

/**
 * What the form begins with.
 * @param {import('../../types').OccurrenceDoc} occurrence
 * @param {string} zone
 * @returns {NonNullable<import('./actions.js').Panel['moving']>}
 */
export function movingOf({ id, starts_at, ends_at }, zone) {
  const [start, end] = [wallOf(starts_at, zone), wallOf(ends_at, zone)];
  return { id, day: start.day, from: start.time, to: end.time, drop: false };
}
