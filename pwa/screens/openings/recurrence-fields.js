import { html, nothing } from 'lit-html';
import { recurrenceWords, weekdayName } from '../../ui/recurrence-words.js';
import { input, segments } from '../service/frame.js';
import { datesOf } from './dates.js';

/**
 * @typedef {import('../service/frame.js').Frame} Frame
 * @typedef {import('./draft.js').Draft} Draft
 */

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const SHOWN = 4;

/**
 * Once or again and again, until when, and what public holidays do to it.
 * @param {Frame} frame
 * @param {Draft} draft
 */
export function recurrenceFields(frame, draft) {
  const { t, form, does } = frame;
  const repeat = form.repeat ?? draft.repeat;
  return html`
    ${segments({ legend: t('repeat'), name: 'repeat', values: draft.repeats.map((one) => [one, t(`repeat_${one}`)]), current: repeat, set: (value) => does.form({ repeat: value }) })}
    ${repeat === 'weekly' ? weekly(frame, draft) : nothing}
    ${repeat === 'monthly' ? monthly(frame, draft) : nothing}
    ${repeat === 'weekly' || repeat === 'monthly' ? html`<div class="field-pair recurrence-pair">
      ${input(frame, { name: 'interval', label: t(repeat === 'weekly' ? 'every_weeks' : 'every_months'), type: 'number', value: String(draft.interval), min: '1', max: repeat === 'weekly' ? '52' : '12', hint: t(repeat === 'weekly' ? 'every_weeks_hint' : 'every_months_hint'), mode: 'numeric' })}
      ${input(frame, { name: 'until', label: t('until_day'), type: 'date', value: draft.until, hint: t('until_day_hint') })}
    </div>` : nothing}
    ${segments({ legend: t('holidays'), name: 'holidays', values: [['closed', t('holidays_closed')], ['open', t('holidays_open')], ['only', t('holidays_only')]], current: form.holidays ?? draft.holidays, set: (value) => does.form({ holidays: value }) })}`;
}

/**
 * @param {Frame} frame
 * @param {Draft} draft
 */
function weekly({ t, state }, draft) {
  return html`<fieldset class="weekdays"><legend>${t('weekdays')}</legend>
    <p class="hint" id="weekdays-hint">${t('weekdays_hint')}</p>
    <div class="segments" aria-describedby="weekdays-hint">
    ${WEEKDAYS.map((day) => {
      const name = weekdayName(state.language, day);
      return html`<label class="segment weekday"><input type="checkbox" name="weekdays" value=${day} ?checked=${draft.weekdays.includes(day)}>
        <span><abbr title=${name} aria-hidden="true">${name.slice(0, 3)}</abbr><span class="visually-hidden">${name}</span></span></label>`;
    })}</div></fieldset>`;
}

/**
 * @param {Frame} frame
 * @param {Draft} draft
 */
function monthly({ t }, draft) {
  return html`<fieldset class="field"><legend>${t('month_day')}</legend>
    ${/** @type {const} */ (['nth', 'last']).map((which) => html`<label class="choice">
      <input type="radio" name="month" value=${which} ?checked=${draft.month === which}><span>${t(`month_${which}`)}</span></label>`)}
  </fieldset>`;
}

/**
 * What the fields mean, in a sentence, and the first dates with what holidays close.
 * @param {Frame} frame
 */
export function preview(frame) {
  const { t, view, state, zone, period, form } = frame;
  const draft = form.draft;
  const dates = draft ? datesOf(view, draft, zone, state.now, SHOWN) : [];
  const closed = dates.filter((one) => one.closed);
  const shown = draft && (draft.recurrence || closed.length > 0);
  return html`<div class="said" aria-live="polite">${shown ? html`
    <p class="row-title">${draft.recurrence ? recurrenceWords({ ...draft, recurrence: draft.recurrence }, state.language, zone, state.now) : period(draft)}</p>
    <p class="quiet">${t('next_dates')}</p>
    <ul>${dates.map((one) => html`<li>${one.closed ? html`<s>${period(one)}</s> ${closure(frame, one)}` : period(one)}</li>`)}</ul>` : nothing}</div>`;
}

/**
 * Why nobody receives on a date.
 * @param {Frame} frame
 * @param {{closed: string | null, name: string}} one
 */
export function closure({ t }, { closed, name }) {
  if (closed === 'holiday') return t('closed_holiday', { name });
  return closed === 'not_holiday' ? t('closed_not_holiday') : '';
}
