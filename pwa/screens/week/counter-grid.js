import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { wallOf } from '../../ui/zone.js';
import { chosen, WHOLE_DAY } from '../../week/cursor.js';
import { minutesOf, ROW_MINUTES } from '../../week/days.js';
import { block } from './block.js';
import { awayIcon, cellLabel } from './words.js';

/**
 * @typedef {import('./frame.js').WeekFrame} WeekFrame
 * @typedef {import('../../week/lanes.js').Day} Day
 */

const MOST_NAMES = 3;

/**
 * Days side by side, hours below each other, a lane for each counter. The cells are what a keyboard and a screen reader
 * walk through; what one sees lies over them and says the same.
 * @param {WeekFrame} frame
 */
export function counterGrid(frame) {
  const { t, days, hours, acts } = frame;
  const rows = Array.from({ length: (hours.to - hours.from) / ROW_MINUTES }, (_, at) => hours.from + at * ROW_MINUTES);
  return html`<div class="week-scroll" .style=${shape(frame)}>
    <div class="week-grid" role="grid" aria-label=${t('week_grid')} aria-describedby="week-keys" @keydown=${acts.key}>
      <div class="week-head" role="rowgroup">
        <div class="week-row" role="row">
          <span class="week-hour" role="columnheader"><span class="visually-hidden">${t('week_hour')}</span></span>
          ${days.map((day) => head(frame, day))}
        </div>
        <div class="week-row week-whole" role="row">
          <span class="week-hour" role="rowheader">${t('week_whole_day')}</span>
          ${days.map((day) => cell(frame, day, WHOLE_DAY, wholeDay(frame, day)))}
        </div>
      </div>
      <div class="week-body" role="rowgroup" @pointerdown=${acts.press}>
        ${rows.map((row) => html`<div class="week-row" role="row" ?data-hour=${row % 60 === 0}>
          <span class="week-hour" role="rowheader"><span class=${row % 60 ? 'visually-hidden' : nothing}>${frame.clock(row)}</span></span>
          ${days.map((day) => cell(frame, day, row, nothing))}
        </div>`)}
        <div class="week-blocks" aria-hidden="true">
          <span></span>
          ${days.map((day) => html`<div class="week-lanes" data-day=${day.day} .style=${`--lanes:${day.lanes}`}>${day.blocks.map((one) => block(frame, one))}${now(frame, day)}</div>`)}
        </div>
        <p class="week-ghost" hidden aria-hidden="true"></p>
      </div>
    </div>
  </div>`;
}

/**
 * A day with more counters is wider; one without anything narrower.
 * @param {WeekFrame} frame
 */
function shape({ days, hours }) {
  const widths = days.map(({ lanes, blocks }) => `minmax(${Math.max(4.5, lanes * 2.75)}rem,${blocks.length ? 1 + (lanes - 1) * 0.35 : 0.7}fr)`);
  return `--columns:${widths.join(' ')};--first:${hours.from};--minutes:${hours.to - hours.from}`;
}

/** @param {WeekFrame} frame @param {Day} day */
function head({ t, today, brief, said }, { day, counters, lanes }) {
  return html`<div class="week-day" role="columnheader" aria-current=${day === today ? 'date' : nothing}>
    <span class="week-day-name" aria-hidden="true">${brief(day)}</span><span class="visually-hidden">${said(day)}</span>
    ${counters.length > 1 ? html`<span class="week-counters" aria-hidden="true" .style=${`--lanes:${lanes}`}>${counters.map((n) => html`<span>${t('week_counter_short', { n })}</span>`)}</span>` : nothing}
  </div>`;
}

/**
 * @param {WeekFrame} frame
 * @param {Day} day
 * @param {number} row
 * @param {unknown} content
 */
function cell(frame, day, row, content) {
  const { cursor, acts } = frame;
  const here = cursor.day === day.day && cursor.row === row;
  const { from, to } = chosen(cursor);
  const among = row !== WHOLE_DAY && cursor.day === day.day && cursor.from !== null && row >= from && row < to;
  return html`<div class="week-cell" role="gridcell" tabindex=${here ? '0' : '-1'} ?data-cursor=${here} aria-selected=${among || here ? 'true' : nothing}
    aria-label=${content === nothing ? cellLabel(frame, day, row) : nothing} @click=${() => acts.point(day.day, row, null)}>${content === nothing ? nothing : html`<span class="visually-hidden">${cellLabel(frame, day, row)}</span><div aria-hidden="true">${content}</div>`}</div>`;
}

/** @param {WeekFrame} frame @param {Day} day */
function wholeDay({ t }, { holiday, absences }) {
  const names = [...new Set(absences.map(({ agent }) => agent.name ?? ''))];
  const more = names.length - MOST_NAMES;
  return html`${holiday ? html`<span class="week-note week-hatched">${icon('week-closed')}<span>${t('week_closed_for', { name: holiday })}</span></span>` : nothing}
    ${names.slice(0, MOST_NAMES).map((name) => {
      const look = awayIcon(absences.filter(({ agent }) => agent.name === name));
      return html`<span class="week-note week-hatched" data-source=${look === 'calendar' ? 'planning' : nothing}>${icon(look)}<span>${t('week_absent_short', { name })}</span></span>`;
    })}
    ${more > 0 ? html`<span class="week-note">${t('week_and_more', { n: more })}</span>` : nothing}`;
}

/** @param {WeekFrame} frame @param {Day} day */
function now({ state, zone, today, hours }, { day }) {
  const minutes = minutesOf(wallOf(state.now, zone).time);
  if (day !== today || minutes < hours.from || minutes > hours.to) return nothing;
  return html`<span class="week-now" .style=${`--from:${minutes}`}></span>`;
}
