import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { news, staleness } from '../inbox.js';
import { todo } from '../service/desk.js';
import { backTo, segments } from '../service/frame.js';
import { counterGrid } from './counter-grid.js';
import { help } from './help.js';
import { numbers } from './numbers.js';
import { panel } from './panel.js';
import { peopleGrid } from './people-grid.js';

/** @typedef {import('./frame.js').WeekFrame} WeekFrame */

/**
 * The unit's week, with what waits for the chief beside it where there is room.
 * @param {WeekFrame} frame
 */
export function week(frame) {
  const { t, chief, wide } = frame;
  const beside = chief && wide;
  return html`<div class="week-page" ?data-beside=${beside}>
    ${beside ? html`<div class="week-todo">${todo(frame)}</div>` : nothing}
    <div class="week-main">
      ${beside ? nothing : backTo(address(chief ? 'desk' : 'duty'), t(chief ? 'tab_desk' : 'tab_duty'))}
      <header class="week-top">
        <h1 id="page-title" tabindex="-1">${t('week')}</h1>
        ${chief ? html`<a class="button button-plain" href=${address('why')}>${icon('info')}${t('why_slots')}</a>` : nothing}
      </header>
      ${news(frame)}
      ${staleness(frame)}
      ${chief && wide ? numbers(frame) : nothing}
      ${bar(frame)}
      ${horizon(frame)}
      ${frame.by === 'counter' ? counterGrid(frame) : peopleGrid(frame)}
      ${isEmpty(frame) ? html`<div class="week-empty"><p class="empty-title">${t('week_empty')}</p><p>${t('week_empty_text')}</p></div>` : nothing}
      ${help(frame)}
      ${chief && !wide ? numbers(frame) : nothing}
    </div>
  </div>${panel(frame)}`;
}

/** @param {WeekFrame} frame */
function bar({ t, wide, days, by, today, said, acts }) {
  const turn = wide ? 7 : 1;
  const first = days[0].day;
  const shown = days.some(({ day }) => day === today);
  return html`<div class="week-bar">
    <div class="week-turn">
      <button class="button button-secondary" type="button" @click=${() => acts.turn(-turn)} aria-label=${t(wide ? 'week_previous' : 'week_day_previous')}>${icon('back')}</button>
      <p class="week-title" aria-live="polite">${wide ? t('week_of', { day: said(first) }) : said(first)}</p>
      <button class="button button-secondary" type="button" @click=${() => acts.turn(turn)} aria-label=${t(wide ? 'week_next' : 'week_day_next')}>${icon('week-next')}</button>
      <button class="button button-plain" type="button" aria-disabled=${shown ? 'true' : nothing} @click=${() => acts.goTo(today)}>${t('week_today')}</button>
    </div>
    ${segments({ legend: t('week_by'), name: 'week-by', values: [['counter', t('week_by_counter')], ['agent', t('week_by_agent')]], current: by, set: acts.showBy })}
  </div>`;
}

/**
 * Beyond what a terminal holds an empty grid would be a lie.
 * @param {WeekFrame} frame
 */
function horizon({ t, days, today, said, acts }) {
  const known = acts.known(today);
  if (days[days.length - 1].day > known.last) return html`<p class="week-horizon">${icon('info')}<span>${t('week_unknown_yet', { day: said(known.last) })}</span></p>`;
  if (days[0].day < known.first) return html`<p class="week-horizon">${icon('info')}<span>${t('week_past')}</span></p>`;
  return nothing;
}

/** @param {WeekFrame} frame */
function isEmpty({ days }) {
  return days.every(({ blocks, absences }) => blocks.length + absences.length === 0);
}
