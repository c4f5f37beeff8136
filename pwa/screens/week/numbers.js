import { html } from 'lit-html';
import { numbersOf } from '../../week/numbers.js';

/**
 * What a chief looks at first in the morning.
 * @param {import('./frame.js').WeekFrame} frame
 */
export function numbers(frame) {
  const { view, state, zone, t, format } = frame;
  const { waiting, oldest, taken, noShows, left } = numbersOf(view, state.now, zone);
  const share = (/** @type {number} */ n, /** @type {number} */ of, /** @type {'week_none_yet' | 'week_none_yet_he'} */ none) => (of ? t('week_of_total', { n, of }) : t(none));
  const [scarcest] = left;
  return html`<section class="week-numbers" aria-label=${t('week_numbers')}>
    <dl>
      ${number(t('week_waiting'), String(waiting))}
      ${number(t('week_oldest'), oldest ? format.age(oldest) : t('week_none_yet'))}
      ${number(t('week_in_time'), share(taken.inTime, taken.of, 'week_none_yet'))}
      ${number(t('week_no_shows'), share(noShows.missed, noShows.of, 'week_none_yet_he'))}
      <div class="week-number week-left"><dt>${t('week_left')}</dt>
        <dd><b>${scarcest ? scarcest.count : '–'}</b>${scarcest ? reasons(frame, left) : html`<span class="quiet">${t('week_left_unknown')}</span>`}</dd></div>
    </dl>
  </section>`;
}

/**
 * The scarcest reason, and on demand the others.
 * @param {import('./frame.js').WeekFrame} frame
 * @param {import('../../week/numbers.js').Numbers['left']} left
 */
function reasons(frame, left) {
  return html`<details><summary><span>${frame.t('week_left_for', { reason: label(frame, left[0].reason) })}</span></summary>
    <ul>${left.map(({ reason, count }) => html`<li><span>${label(frame, reason)}</span> <b>${count}</b></li>`)}</ul></details>`;
}

/** @param {string} term @param {string} value */
function number(term, value) {
  return html`<div class="week-number"><dt>${term}</dt><dd><b>${value}</b></dd></div>`;
}

/** @param {import('./frame.js').WeekFrame} frame @param {import('../../types').Label} reason */
function label({ state }, reason) {
  return reason[state.language] || reason.fr;
}
