import { html, nothing } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { WHOLE_DAY } from '../../week/cursor.js';
import { ROW_MINUTES } from '../../week/days.js';
import { under } from '../../week/lanes.js';
import { usualFrom, writeOpeningAt } from '../../week/opening-at.js';
import { shareOf } from '../../week/people.js';
import { withdrawLink } from '../openings/withdraw-link.js';
import { decision } from '../service/decision.js';
import { planningWords, sourceLink } from '../service/plannings.js';
import { openingRow } from '../service/opening-row.js';
import { holiday } from './holiday.js';
import { moveForm, movingOf } from './move-form.js';
import { appointmentRow } from './appointment-row.js';
import { awayIcon, times } from './words.js';

/**
 * @typedef {import('./frame.js').WeekFrame} WeekFrame
 * @typedef {NonNullable<WeekFrame['panel']>} Panel
 */

/**
 * What lies under a cell, or one thing of it, and what can be done with it.
 * @param {WeekFrame} frame
 */
export function panel(frame) {
  const { panel: open, t, acts, said, clock } = frame;
  if (!open) return nothing;
  const byAgent = frame.by === 'agent';
  const what = byAgent ? frame.people[open.row]?.name ?? '' : open.row === WHOLE_DAY ? t('week_whole_day') : clock(open.row);
  const moved = open.moving && frame.view.occurrences.get(open.moving.id);
  return html`<dialog class="week-panel" aria-labelledby="week-panel-title" ${ref(raise)} @cancel=${(/** @type {Event} */ event) => { event.preventDefault(); acts.shut(); }}>
    <header class="week-panel-head"><h2 id="week-panel-title" tabindex="-1">${said(open.day)}, ${what}</h2>
      <button class="button button-plain" type="button" @click=${acts.shut}>${icon('close')}${t('week_shut')}</button></header>
    ${moved && open.moving ? moveForm(frame, moved, open.moving) : content(frame, open, byAgent)}
  </dialog>`;
}

/**
 * Over the page, also after the lock has taken it out and put it back.
 * @param {Element} [element]
 */
function raise(element) {
  queueMicrotask(() => {
    const dialog = /** @type {HTMLDialogElement | undefined} */ (element);
    if (!dialog?.isConnected || dialog.matches(':modal')) return;
    dialog.close();
    dialog.showModal();
    /** @type {HTMLElement | null} */ (dialog.querySelector('h2'))?.focus();
  });
}

/** @param {WeekFrame} frame @param {Panel} open @param {boolean} byAgent */
function content(frame, open, byAgent) {
  const { t, view, zone, days, people, chief } = frame;
  const day = days.find((one) => one.day === open.day);
  const only = (/** @type {{id: string}} */ { id }) => !open.only || id === open.only;
  const whole = byAgent || open.row === WHOLE_DAY;
  const found = byAgent ? shareOf(view, open.day, zone, people[open.row]?.id ?? null)
    : { ...(day ? under(day, ...span(open)) : { appointments: [], occurrences: [], proposals: [] }), absences: whole ? day?.absences ?? [] : [] };
  const [appointments, occurrences, proposals, absences] = [found.appointments.filter(only), found.occurrences.filter(only), found.proposals.filter(only), found.absences.filter(only)];
  const nothingHere = appointments.length + occurrences.length + proposals.length + absences.length === 0;
  const start = whole ? null : open.row;
  const to = address('opening', start === null ? open.day : writeOpeningAt(open.day, usualFrom(start)));
  const make = start === null ? t(chief ? 'week_make_day' : 'week_propose_day') : t(chief ? 'week_make' : 'week_propose', { time: frame.clock(start) });
  return html`${nothingHere ? html`<p class="quiet">${t('week_nothing_here')}</p>` : html`<ul class="rows">
      ${appointments.map((one) => appointmentRow(frame, one))}
      ${proposals.map((one) => openingRow(frame, one, chief && one.state === 'proposed' ? decision(frame, one, ['opening.approve', 'opening.refuse'], '#week-panel-title') : nothing))}
      ${occurrences.map((one) => occurrenceRow(frame, one))}
      ${absences.map((one) => html`<li class="row" data-source=${one.source}><p class="row-title">${icon(awayIcon([one]))} ${one.agent.name}</p><p>${frame.period(one)}</p>${one.word ? html`<p class="row-word">${one.word}</p>` : nothing}
        ${one.source === 'planning' ? html`<p class="quiet">${planningWords(frame, one)}</p>${sourceLink(frame, one)}` : nothing}</li>`)}
    </ul>`}
    <div class="buttons"><a class="button ${nothingHere ? 'button-primary' : 'button-secondary'}" href=${to}>${icon('add')}${make}</a></div>
    ${chief && !byAgent && open.row === WHOLE_DAY && open.day >= frame.today ? holiday(frame, open.day) : nothing}`;
}

/** @param {Panel} open @returns {[number, number]} */
function span({ row }) {
  return row === WHOLE_DAY ? [0, 1440] : [row, row + ROW_MINUTES];
}

/** @param {WeekFrame} frame @param {import('../../types').OccurrenceDoc} one */
function occurrenceRow(frame, one) {
  const { t, chief, acts, view, zone, state } = frame;
  const opening = view.openings.get(one.opening_id);
  const over = Date.parse(one.ends_at) <= state.now;
  const move = chief && !one.closed_because && !over;
  const counters = one.counters.map(({ number }) => t('week_counter', { n: number })).join(', ');
  return html`<li class="row"><p class="row-title">${t(one.closed_because ? 'week_closed' : 'week_open')}, ${times(frame, one)}</p>
    <p class="quiet">${[one.closed_name, counters, one.agent?.name, one.place.name ?? t(`place_${one.place.kind}`)].filter(Boolean).join(' · ')}</p>
    ${move ? html`<div class="buttons"><button class="button button-secondary" type="button" @click=${() => acts.askMove(movingOf(one, zone))}>${icon('week-move')}${t('week_move')}</button></div>` : nothing}
    ${chief && opening?.state === 'approved' && !over ? withdrawLink(frame, opening) : nothing}</li>`;
}
