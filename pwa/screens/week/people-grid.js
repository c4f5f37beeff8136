import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { shareOf } from '../../week/people.js';
import { openClashes } from '../agenda/asked.js';
import { awayIcon, reasonWords, shareLabel, STATE_ICONS, times } from './words.js';

/** @typedef {import('./frame.js').WeekFrame} WeekFrame */

/** More of one day is behind a tap, so that a row stays a row. */
const MOST_APPOINTMENTS = 4;

/**
 * A row for each gendarme, and above them one for what nobody has taken; days side by side.
 * @param {WeekFrame} frame
 */
export function peopleGrid(frame) {
  const { t, days, people, today, brief, said, acts } = frame;
  return html`<div class="week-scroll week-by-people">
    <table class="week-people" role="grid" aria-label=${t('week_grid_people')} aria-describedby="week-keys" @keydown=${acts.key}>
      <thead><tr role="row"><td class="week-name"><span class="visually-hidden">${t('week_agent')}</span></td>
        ${days.map(({ day }) => html`<th scope="col" aria-current=${day === today ? 'date' : nothing}><span aria-hidden="true">${brief(day)}</span><span class="visually-hidden">${said(day)}</span></th>`)}</tr></thead>
      <tbody>${people.map((person, row) => html`<tr role="row" ?data-nobody=${person.id === null}>
        <th class="week-name" scope="row">${person.name}</th>
        ${days.map(({ day }) => cell(frame, day, row, person))}
      </tr>`)}</tbody>
    </table>
  </div>`;
}

/**
 * @param {WeekFrame} frame
 * @param {string} day
 * @param {number} row
 * @param {WeekFrame['people'][number]} person
 */
function cell(frame, day, row, { id, name }) {
  const { view, zone, cursor, acts } = frame;
  const here = cursor.day === day && cursor.row === row;
  const share = shareOf(view, day, zone, id);
  const away = share.absences.length > 0;
  return html`<td class="week-share" role="gridcell" tabindex=${here ? '0' : '-1'} ?data-cursor=${here} ?data-hatched=${away} data-source=${away && awayIcon(share.absences) === 'calendar' ? 'planning' : nothing} aria-selected=${here ? 'true' : nothing}
    @click=${() => acts.point(day, row, null)}>
    <span class="visually-hidden">${shareLabel(frame, day, name, share)}</span><div aria-hidden="true">${chips(frame, share)}</div></td>`;
}

/**
 * @param {WeekFrame} frame
 * @param {import('../../week/people.js').Share} share
 */
function chips(frame, { appointments, occurrences, proposals, absences }) {
  const { t, format } = frame;
  const more = appointments.length - MOST_APPOINTMENTS;
  return html`
    ${absences.map((one) => html`<p class="week-chip" data-kind="absence" data-source=${one.source}>${icon(awayIcon([one]))}<span>${t(one.source === 'planning' ? 'plan_absence' : 'week_absence')}${one.word ? ` (${one.word})` : ''}</span></p>`)}
    ${occurrences.map((one) => html`<p class="week-chip" data-kind="occurrence" ?data-hatched=${one.closed_because !== null}>${one.closed_because
      ? html`${icon('week-closed')}<span>${t('week_closed_for', { name: one.closed_name ?? '' })}</span>`
      : html`${icon('calendar')}<span>${times(frame, one)}</span>`}</p>`)}
    ${proposals.map((one) => html`<p class="week-chip" data-kind="proposal">${icon('time')}<span>${times(frame, one)} ${t('week_proposal')}</span></p>`)}
    ${appointments.slice(0, MOST_APPOINTMENTS).map((one) => html`<p class="week-chip" data-kind="appointment" data-state=${one.state} ?data-pending=${one.pending.length > 0} ?data-clash=${openClashes(one, frame.state.now).length > 0}>${icon(openClashes(one, frame.state.now).length ? 'warning' : STATE_ICONS[one.state])}<span>${format.clock(one.starts_at)} ${reasonWords(frame, one.reason)}, ${t(`week_state_${one.state}`)}</span></p>`)}
    ${more > 0 ? html`<p class="week-more">${t('week_and_more', { n: more })}</p>` : nothing}`;
}
