import { html } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { STATE_ICONS } from './words.js';

/**
 * Which icon means what, and which keys there are.
 * @param {import('./frame.js').WeekFrame} frame
 */
export function help({ t, chief, wide }) {
  const states = /** @type {const} */ (['requested', 'confirmed', 'honoured', 'no_show', 'held']);
  const keys = /** @type {const} */ ([
    ['week_key_arrows', 'week_key_move'], ['week_key_shift', 'week_key_extend'], ['week_key_page', 'week_key_weeks'], ['week_key_enter', 'week_key_open'],
    ['N', 'week_key_new'], ...(chief ? /** @type {const} */ ([['A', 'week_key_approve']]) : []), ['week_key_escape', 'week_key_leave'],
  ]);
  return html`<div class="week-help">
    <h2 class="visually-hidden">${t('week_legend')}</h2>
    <ul class="week-legend">
      ${states.map((state) => html`<li>${icon(STATE_ICONS[state])}${t(`week_state_${state}`)}</li>`)}
      <li class="week-legend-clash">${icon('warning')}${t('clashes')}</li>
      <li><span class="week-swatch" data-kind="proposal"></span>${t('week_proposal')}</li>
      <li><span class="week-swatch" data-hatched></span>${t('week_legend_hatched')}</li>
      <li><span class="week-swatch" data-hatched data-source="planning"></span>${t('plan_absence')}</li>
    </ul>
    <p id="week-keys" class=${wide ? 'week-keys' : 'visually-hidden'}><span>${t('week_keys')}\u202f:</span>
      ${keys.map(([key, does]) => html`<span><kbd>${key.length === 1 ? key : t(/** @type {'week_key_enter'} */ (key))}</kbd> ${t(does)}</span>`)}</p>
  </div>`;
}
