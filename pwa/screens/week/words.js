// What the cells of the week say to whoever does not see them, and what the blocks say to whoever does.

import { openClashes } from '../agenda/asked.js';
import { clashWords } from '../agenda/clash.js';
import { planningWords } from '../service/plannings.js';
import { WHOLE_DAY } from '../../week/cursor.js';
import { ROW_MINUTES } from '../../week/days.js';
import { under } from '../../week/lanes.js';

/**
 * @typedef {import('./frame.js').WeekFrame} WeekFrame
 * @typedef {import('../../week/lanes.js').Day} Day
 */

export const STATE_ICONS = {
  held: 'week-held', requested: 'week-requested', confirmed: 'check', honoured: 'done', no_show: 'week-missed', cancelled: 'close', moved: 'transfer',
};

/**
 * @param {WeekFrame} frame
 * @param {string} code
 */
export function reasonWords({ view, state }, code) {
  const known = view.reasons.find((reason) => reason.code === code);
  return known ? known[state.language] || known.fr : code;
}

/**
 * "mardi 24 novembre, 9 h 00 : 1 rendez-vous : Porter plainte, Confirmé ; guichets libres : 2"
 * @param {WeekFrame} frame
 * @param {Day} day
 * @param {number} row
 */
export function cellLabel(frame, day, row) {
  const { t, said, clock } = frame;
  if (row === WHOLE_DAY) {
    const what = [holidayWords(frame, day), absenceWords(frame, day)].filter(Boolean).join('\u202f; ');
    return t('week_cell', { day: said(day.day), time: t('week_whole_day'), what });
  }
  const { appointments, occurrences, proposals, free } = under(day, row, row + ROW_MINUTES);
  const closed = occurrences.find((one) => one.closed_because);
  const open = occurrences.some((one) => !one.closed_because);
  const parts = [
    appointmentWords(frame, appointments),
    closed ? t('week_cell_closed', { name: closed.closed_name ?? '' }) : '',
    open ? t('week_cell_free', { free }) : '',
    proposals.length ? t('week_cell_proposals', { n: proposals.length }) : '',
    occurrences.length + proposals.length === 0 ? t('week_cell_none') : '',
  ];
  return t('week_cell', { day: said(day.day), time: clock(row), what: parts.filter(Boolean).join('\u202f; ') });
}

/**
 * @param {WeekFrame} frame
 * @param {string} day
 * @param {string} name
 * @param {import('../../week/people.js').Share} share
 */
export function shareLabel(frame, day, name, { appointments, occurrences, proposals, absences }) {
  const { t, said, period } = frame;
  const parts = [
    absences.length ? t('week_cell_absences', { names: absences.map((one) => `${period(one)}${absenceSource(frame, one)}`).join(', ') }) : '',
    appointmentWords(frame, appointments),
    ...occurrences.map((one) => (one.closed_because ? t('week_cell_closed', { name: one.closed_name ?? '' }) : `${t('week_open')}, ${times(frame, one)}`)),
    proposals.length ? t('week_cell_proposals', { n: proposals.length }) : '',
  ].filter(Boolean);
  return t('week_cell', { day: said(day), time: name, what: parts.join('\u202f; ') || t('week_cell_nothing') });
}

/**
 * @param {WeekFrame} frame
 * @param {import('../../week/lanes.js').AppointmentItem[]} appointments
 */
function appointmentWords(frame, appointments) {
  const { t, format } = frame;
  if (appointments.length === 0) return '';
  const which = appointments.map((one) => `${format.clock(one.starts_at)} ${reasonWords(frame, one.reason)}, ${t(`week_state_${one.state}`)}${contradiction(frame, one)}`).join(', ');
  return t(appointments.length === 1 ? 'week_cell_one' : 'week_cell_many', { n: appointments.length, which });
}

/** @param {WeekFrame} frame @param {Day} day */
function holidayWords({ t }, { holiday }) {
  return holiday ? t('week_cell_closed', { name: holiday }) : '';
}

/** @param {WeekFrame} frame @param {Day} day */
function absenceWords(frame, { absences }) {
  const { t } = frame;
  const names = [...new Set(absences.map((one) => `${one.agent.name ?? ''}${absenceSource(frame, one)}`))].join(', ');
  return names ? t('week_cell_absences', { names }) : t('week_cell_no_absence');
}

/**
 * ", d’après le planning « Agenda de Lou »", or nothing for what somebody has said themselves.
 * @param {{t: WeekFrame['t']}} frame
 * @param {import('../../types').AbsenceDoc} absence
 */
export function absenceSource({ t }, absence) {
  return absence.source === 'planning' ? `, ${inSentence(planningWords({ t }, absence))}` : '';
}

/**
 * Of absences that only a planning knows, a calendar; else somebody who is away.
 * @param {readonly {source: string}[]} absences
 */
export function awayIcon(absences) {
  return absences.every(({ source }) => source === 'planning') ? 'calendar' : 'week-away';
}

/**
 * ", Lou Petit n’est pas là d’après le planning", or nothing.
 * @param {WeekFrame} frame
 * @param {import('../../week/lanes.js').AppointmentItem} item
 */
export function contradiction({ t, state }, item) {
  const [first] = openClashes(item, state.now);
  return first ? `, ${clashWords({ t }, first)}` : '';
}

/** @param {string} words */
function inSentence(words) {
  return words[0].toLowerCase() + words.slice(1);
}

/**
 * "9 h 00 – 12 h 00"
 * @param {WeekFrame} frame
 * @param {{starts_at: string, ends_at: string}} item
 */
export function times({ format }, { starts_at, ends_at }) {
  return `${format.clock(starts_at)}\u00a0– ${format.clock(ends_at)}`;
}
