import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { openClashes } from '../agenda/asked.js';
import { absenceSource, awayIcon, contradiction, reasonWords, STATE_ICONS, times } from './words.js';

/**
 * @typedef {import('./frame.js').WeekFrame} WeekFrame
 * @typedef {import('../../week/lanes.js').Block} Block
 */

/**
 * One thing on the day's lanes. What it says is also said by the cell below it, and in full by what a tap opens.
 * @param {WeekFrame} frame
 * @param {Block} one
 */
export function block(frame, one) {
  const { kind, item, from, to, lane } = one;
  const place = `--from:${from};--for:${to - from};--lane:${lane}`;
  const closed = kind === 'occurrence' && item.closed_because !== null;
  const movable = kind === 'occurrence' && !closed && frame.chief;
  const contradicted = kind === 'appointment' && openClashes(item, frame.state.now).length > 0;
  return html`<div class="week-block" data-kind=${kind} data-id=${item.id} data-source=${'source' in item ? item.source : nothing} ?data-clash=${contradicted} data-state=${'state' in item ? item.state : nothing} ?data-closed=${closed} ?data-movable=${movable}
    ?data-hatched=${closed || kind === 'absence'} ?data-pending=${'pending' in item && item.pending.length > 0} title=${title(frame, one)} .style=${place}>${content(frame, one)}</div>`;
}

/** @param {WeekFrame} frame @param {Block} one */
function title(frame, { kind, item }) {
  const { t } = frame;
  if (kind === 'appointment') return `${times(frame, item)}, ${reasonWords(frame, item.reason)}, ${t(`week_state_${item.state}`)}${contradiction(frame, item)}`;
  if (kind === 'absence') return `${t('week_absent', { name: item.agent.name ?? '' })}${absenceSource(frame, item)}`;
  if (kind === 'occurrence' && item.closed_because) return t('week_closed_for', { name: item.closed_name ?? '' });
  return `${t(kind === 'occurrence' ? 'week_open' : `opening_${item.state}`)}, ${times(frame, item)}`;
}

/** @param {WeekFrame} frame @param {Block} one */
function content(frame, { kind, item }) {
  const { t, format } = frame;
  switch (kind) {
    case 'appointment': return html`<span class="week-block-mark">${icon(openClashes(item, frame.state.now).length ? 'warning' : STATE_ICONS[item.state])}<span>${format.clock(item.starts_at)}</span></span>
      <span class="week-block-text">${item.discreet ? icon('discreet') : nothing}<span class="week-block-word">${t(`week_state_${item.state}`)}, </span>${reasonWords(frame, item.reason)}</span>`;
    case 'absence': return html`<span class="week-block-label">${icon(awayIcon([item]))}<span>${item.agent.name}</span></span>`;
    case 'proposal': return html`<span class="week-block-label">${icon(item.state === 'proposed' ? 'time' : 'done')}<span>${t(item.state === 'proposed' ? 'week_proposal' : 'week_approved_here')}</span></span>`;
    default: return item.closed_because
      ? html`<span class="week-block-label">${icon('week-closed')}<span>${t('week_closed_for', { name: item.closed_name ?? '' })}</span></span>`
      : item.agent ? html`<span class="week-block-who">${item.agent.name}</span>` : nothing;
  }
}
