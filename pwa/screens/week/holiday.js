import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { openOnHolidays } from '../../week/closing.js';
import { input } from '../service/frame.js';

const LONGEST_NAME = 80;

/**
 * The chief's own word about a day, where the calendar of the zone is not theirs: closed like a public holiday, or a
 * public holiday on which the unit receives all the same.
 * @param {import('./frame.js').WeekFrame} frame
 * @param {string} day
 */
export function holiday(frame, day) {
  const { t, view, acts, zone, state, today } = frame;
  const name = view.holidays.find((one) => one.day === day)?.name;
  if (name) {
    return html`<section class="block"><h3>${t('week_holiday', { name })}</h3><p class="hint">${t('week_holiday_open_text')}</p>
      <div class="buttons"><button class="button button-secondary" type="button" @click=${() => acts.setHoliday({ day, ordinary: true })}>${icon('check')}${t('week_holiday_open')}</button></div></section>`;
  }
  // Of further days this terminal does not know what is open, nor whom closing them concerns.
  if (day > acts.known(today).last) return nothing;
  const dropped = openOnHolidays(view, day, zone, state.now).length;
  return html`<form class="form block" novalidate @submit=${(/** @type {SubmitEvent} */ event) => acts.closeDay(event, day)}>
    <h3>${t('week_holiday_close_title')}</h3>
    <p class="hint">${t('week_holiday_close_text')}</p>
    ${dropped ? html`<p class="hint">${t('week_holiday_close_also', { n: dropped })}</p>` : nothing}
    ${input(frame, { name: 'holiday', label: t('week_holiday_name'), type: 'text', value: t('week_holiday_usual'), longest: LONGEST_NAME })}
    <div class="buttons"><button class="button button-secondary" type="submit">${icon('week-closed')}${t('week_holiday_close')}</button></div>
  </form>`;
}
