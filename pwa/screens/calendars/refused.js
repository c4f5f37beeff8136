// What was left out, cause by cause: the sentence once, with the lines that it is about.

import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { counted, rowKey } from './words.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('./shapes').Refused} Refused
 */

/**
 * @param {readonly Refused[]} refused
 * @returns {[string, number[]][]} each cause with its lines, as they come
 */
export function byCause(refused) {
  /** @type {Map<string, number[]>} */
  const causes = new Map();
  for (const { line, cause } of refused) causes.set(cause, [...(causes.get(cause) ?? []), line]);
  return [...causes];
}

/**
 * @param {Frame} frame
 * @param {{refused_count?: number, refused?: Refused[]}} found
 * @param {{table: boolean, stands?: boolean}} about `stands`: what they said before still does
 */
export function refusedList({ w, state }, { refused_count: count = 0, refused = [] }, { table, stands = false }) {
  if (count === 0) return nothing;
  const lines = new Intl.ListFormat(state.language, { type: 'conjunction' });
  return html`<div class="calendar-refused"><h3>${icon('warning')}<span>${counted(w, table ? 'cal_refused_rows' : 'cal_refused', count)}</span></h3>
    ${stands ? html`<p class="quiet">${w('cal_refused_stands')}</p>` : nothing}
    ${refused.length > 1 && refused.length < count ? html`<p class="quiet">${w('cal_refused_first', { n: refused.length })}</p>` : nothing}
    <ul>${byCause(refused).map(([cause, at]) => {
      const known = at.filter((line) => line > 0);
      const where = known.length ? html`<b>${counted(w, 'cal_line', known.length, { lines: lines.format(known.map(String)) })}</b><br>` : nothing;
      return html`<li>${where}${w(rowKey(cause), { code: cause })}</li>`;
    })}</ul></div>`;
}
