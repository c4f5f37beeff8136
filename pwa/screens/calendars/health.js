import { html, nothing } from 'lit-html';
import { isTable } from './read-form.js';
import { lastDay } from './silence.js';
import { counted } from './words.js';

/** @typedef {import('./frame.js').Frame} Frame */

/**
 * A number of minutes in the largest unit that says it whole.
 * @param {import('./words.js').CalendarTranslate} w
 * @param {number} minutes
 */
export function lasting(w, minutes) {
  if (minutes % 1440 === 0) return counted(w, 'cal_days', minutes / 1440);
  return minutes % 60 === 0 ? counted(w, 'cal_hours', minutes / 60) : counted(w, 'cal_minutes', minutes);
}

/**
 * When it was read, how much, and when again.
 * @param {Frame} frame
 * @param {import('./shapes').Planning} one
 */
export function health(frame, one) {
  const { w, format, state } = frame;
  const at = (/** @type {string | null} */ when) => (when ? w('cal_when_age', { when: format.moment(when), age: format.age(when) }) : w('cal_never'));
  /** @type {[import('./words.js').CalendarKey, string][]} */
  const facts = [
    ['cal_last_success', at(one.succeeded_at)],
    ['cal_last_try', at(one.tried_at)],
    ['cal_next', nextWords(w, format, one, state.now)],
    [isTable(one.kind) ? 'cal_rows' : 'cal_entries', String(one.entries_read)],
    ['cal_changed_at', at(one.changed_at)],
    ['cal_last_day', one.read_until ? lastDay(frame, one.read_until) : ''],
    ['cal_limit', lasting(w, one.silent_after_minutes)],
  ];
  if (one.host) facts.push(['cal_where', one.host]);
  facts.push(['cal_by', one.created_by.name ?? '']);
  return html`<section class="block" aria-labelledby="health-title"><h2 id="health-title">${w('cal_health')}</h2>
    <dl class="facts-list calendar-facts">${facts.map(([key, value]) => (value ? html`<div><dt>${w(key)}</dt><dd>${value}</dd></div>` : nothing))}</dl></section>`;
}

/**
 * @param {import('./words.js').CalendarTranslate} w
 * @param {import('../../ui/format.js').Format} format
 * @param {import('./shapes').Planning} one
 * @param {number} now
 */
function nextWords(w, format, { host, next_at }, now) {
  if (!host) return w('cal_next_by_hand');
  if (!next_at) return w('cal_next_none');
  return Date.parse(next_at) <= now ? w('cal_next_soon') : format.moment(next_at);
}
