import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { dayFormat } from '../../ui/recurrence-words.js';
import { addDays, wallOf } from '../../ui/zone.js';
import { planningWords } from '../service/plannings.js';
import { clashMark } from './clash.js';
import { confirmMark } from './confirm.js';
import { questionMark } from './question.js';
import { hours, mark, reasonWords, standing } from './parts.js';
import { callMark } from './told.js';

/**
 * @typedef {import('./parts.js').Frame} Frame
 * @typedef {import('./parts.js').Item} Item
 * @typedef {import('../../types').OccurrenceDoc} Occurrence
 * @typedef {import('../../types').AbsenceItem} Absence
 * @typedef {{kind: 'appointment', item: Item} | {kind: 'occurrence', item: Occurrence} | {kind: 'absence', item: Absence}} Line
 * @typedef {{day: string, lines: Line[]}} Day
 */

const FORTNIGHT = 14;

/**
 * What there is on each day from today on, the openings in which citizens come before who comes in them. Days on which
 * there is nothing are left out.
 * @param {Frame} frame
 * @param {readonly Item[]} items
 * @param {'mine' | 'unit'} whose
 * @returns {Day[]}
 */
export function daysOf({ state, view, agent, zone }, items, whose) {
  const today = wallOf(state.now, zone).day;
  const last = addDays(today, FORTNIGHT);
  const mine = (/** @type {{agent: {id: number} | null}} */ one) => one.agent?.id === agent.id;
  /** @type {Line[]} */
  const lines = [
    ...[...view.occurrences.values()].filter((one) => whose === 'unit' || one.agent === null || mine(one)).map((item) => /** @type {Line} */ ({ kind: 'occurrence', item })),
    ...[...view.absences.values()].filter((one) => !one.cancelled && (whose === 'unit' || mine(one))).map((item) => /** @type {Line} */ ({ kind: 'absence', item })),
    ...items.map((item) => /** @type {Line} */ ({ kind: 'appointment', item })),
  ];
  /** @type {Map<string, Line[]>} */
  const days = new Map();
  for (const line of lines) {
    // What began yesterday and still goes on belongs to today.
    const begins = wallOf(line.item.starts_at, zone).day;
    const day = line.kind !== 'appointment' && begins < today && Date.parse(line.item.ends_at) > state.now ? today : begins;
    if (day < today || (day > last && line.kind !== 'appointment')) continue;
    days.set(day, [...(days.get(day) ?? []), line]);
  }
  const rank = { occurrence: 0, absence: 1, appointment: 2 };
  return [...days].sort(([one], [other]) => (one < other ? -1 : 1)).map(([day, found]) => ({
    day,
    lines: found.sort((one, other) => Date.parse(one.item.starts_at) - Date.parse(other.item.starts_at)
      || rank[one.kind] - rank[other.kind] || (one.item.id < other.item.id ? -1 : 1)),
  }));
}

/**
 * @param {Frame} frame
 * @param {Day} one
 * @param {string} today
 */
export function day(frame, { day: key, lines }, today) {
  const { t, state } = frame;
  const words = dayFormat(state.language, state.now)(key);
  const title = key === today ? t('agenda_today', { day: words }) : key === addDays(today, 1) ? t('agenda_tomorrow', { day: words }) : words;
  const past = lines.findIndex(({ item }) => Date.parse(item.starts_at) > state.now);
  const now = key === today ? (past < 0 ? lines.length : past) : -1;
  return html`<section class="agenda-day" aria-labelledby="day-${key}">
    <h2 id="day-${key}" class="agenda-day-title">${title}</h2>
    <ol class="agenda-lines">
      ${repeat(lines.slice(0, Math.max(0, now)), ({ item }) => item.id, (line) => row(frame, line))}
      ${now >= 0 ? html`<li class="agenda-now"><span>${t('agenda_now', { when: frame.format.clock(new Date(state.now).toISOString()) })}</span></li>` : nothing}
      ${repeat(lines.slice(Math.max(0, now)), ({ item }) => item.id, (line) => row(frame, line))}
    </ol>
  </section>`;
}

/** @param {Frame} frame @param {Line} line */
function row(frame, line) {
  if (line.kind === 'occurrence') return background(frame, line.item, openingWords(frame, line.item), line.item.closed_because ? 'closed' : 'open');
  if (line.kind === 'absence') return background(frame, line.item, absenceWords(frame, line.item), line.item.source === 'planning' ? 'planned' : 'absent');
  return html`<li>${appointmentRow(frame, line.item)}</li>`;
}

/**
 * @param {Frame} frame
 * @param {{starts_at: string, ends_at: string}} item
 * @param {string} words
 * @param {'open' | 'closed' | 'absent' | 'planned'} look
 */
function background(frame, item, words, look) {
  const whole = Date.parse(item.ends_at) - Date.parse(item.starts_at) >= 23 * 3_600_000;
  return html`<li class="agenda-background" data-look=${look}>${icon(look === 'open' ? 'team' : look === 'planned' ? 'calendar' : 'close')}<span>${whole ? frame.period(item) : hours(frame, item)} · ${words}</span></li>`;
}

/** @param {Frame} frame @param {Occurrence} item */
function openingWords({ t }, { closed_because, closed_name, agent, counters, place }) {
  if (closed_because) return t(`agenda_closed_${closed_because}`, { name: closed_name ?? '' });
  const who = agent ? t('agenda_opening_agent', { name: agent.name ?? '' }) : counters.length === 1 ? t('agenda_opening_one') : t('agenda_opening', { n: counters.length });
  return place.kind === 'unit' ? who : `${who}, ${place.name ?? t(`place_${place.kind}`)}`;
}

/** @param {Frame} frame @param {Absence} item */
function absenceWords({ t, agent }, item) {
  const what = t(item.intervention ? 'agenda_absence_intervention' : 'agenda_absence');
  const whose = item.agent.id === agent.id ? what : t('agenda_absence_of', { what, name: item.agent.name ?? '' });
  return item.source === 'planning' ? `${whose} · ${planningWords({ t }, item)}` : whose;
}

/**
 * One appointment in a list: when, why, who, and where it stands. Nothing else.
 * @param {Frame} frame
 * @param {Item} item
 */
export function appointmentRow(frame, item) {
  const { t, format } = frame;
  const { name, words, look } = standing(frame, item);
  const ended = item.ended_at !== null;
  return html`<a class="card agenda-row" href=${address('appointment', item.id)} data-id=${item.id} data-state=${item.state}>
    <span class="agenda-time"><b>${format.clock(item.starts_at)}</b><span>${format.clock(item.ends_at)}</span></span>
    <span class="card-text">
      <span class="card-reason">${ended && item.state !== 'honoured' ? html`<s>${reasonWords(frame, item)}</s>` : reasonWords(frame, item)}</span>
      ${item.citizen?.name ? html`<span class="card-line">${item.citizen.name}</span>` : nothing}
      <span class="card-marks">
        ${mark(name, words, look)}
        ${questionMark(frame, item)}
        ${clashMark(frame, item)}
        ${confirmMark(frame, item)}
        ${item.place.kind === 'unit' ? nothing : mark('building', t(`place_${item.place.kind}`))}
        ${item.discreet ? mark('discreet', t('discreet')) : nothing}
        ${callMark(frame, item)}
        ${item.pending.length ? html`<span class="mark mark-pending">${icon('upload')}${t('pending')}</span>` : nothing}
      </span>
    </span>
  </a>`;
}
