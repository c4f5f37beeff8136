import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { mayWithdraw } from '../../sync/effects/openings.js';
import { icon } from '../../ui/icon.js';
import { recurrenceWords } from '../../ui/recurrence-words.js';
import { NAMED_PLACES } from './read-forms.js';
import { pending } from './frame.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('../../types').OpeningItem} OpeningItem
 */

const ICONS = { proposed: 'time', approved: 'done', refused: 'close', withdrawn: 'undo' };

/**
 * One opening: when, who, where, for what, and what became of it.
 * @param {Frame} frame
 * @param {OpeningItem} item
 * @param {unknown} [below] what can be done with it
 */
export function openingRow(frame, item, below = nothing) {
  const { t, format } = frame;
  const decided = item.decided_by && item.decided_at;
  return html`<li class="row" data-opening=${item.id} ?data-gone=${item.state === 'refused' || item.state === 'withdrawn'}>
    <p class="row-title">${titleOf(frame, item)}</p>
    <p class="quiet">${[receiver(frame, item), place(frame, item), reasons(frame, item)].join(' · ')}</p>
    <p class="row-marks">
      <span class="mark" data-state=${item.state}>${icon(ICONS[item.state])}${t(`opening_${item.state}`)}</span>
      ${pending(frame, item)}
    </p>
    <p class="quiet">${decided
      ? t('opening_decided', { name: item.decided_by?.name ?? '', when: format.on(item.decided_at ?? '') })
      : t('opening_proposed_by', { name: item.proposed_by.name ?? '', when: format.on(item.proposed_at) })}</p>
    ${differences(frame, item)}
    ${item.word ? html`<p class="row-word">${t('quoted', { word: item.word })}</p>` : nothing}
    ${below}
  </li>`;
}

/**
 * When it is, in words: a period, or how it comes back.
 * @param {Frame} frame
 * @param {OpeningItem} item
 */
export function titleOf({ period, state, zone }, item) {
  return item.recurrence ? recurrenceWords({ ...item, recurrence: item.recurrence }, state.language, zone, state.now) : period(item);
}

/**
 * What differs from the rule.
 * @param {Frame} frame
 * @param {OpeningItem} item
 */
function differences({ t }, item) {
  const [dropped, moved] = [true, false].map((gone) => (item.changes ?? []).filter((one) => (one.starts_at === null) === gone).length);
  const said = [item.holiday_rule === 'open' || item.holiday_rule === 'only' ? t(`holidays_said_${item.holiday_rule}`) : '', moved ? t('dates_moved', { n: moved }) : '', dropped ? t('dates_dropped', { n: dropped }) : ''].filter(Boolean);
  return said.length ? html`<p class="quiet">${said.join(' · ')}</p>` : nothing;
}

/**
 * The way to the dates of an opening: everybody reads those of one that comes back; the others are there to be changed.
 * @param {Frame} frame
 * @param {OpeningItem} item
 */
export function datesLink(frame, item) {
  const { t, agent } = frame;
  if (!item.recurrence && !(item.state === 'approved' && mayWithdraw(item, agent))) return nothing;
  return html`<a class="button button-plain" href=${address('opening', `${item.id}/dates`)}>${icon('calendar')}${t(item.recurrence ? 'dates' : 'date_move')}<span class="visually-hidden">, ${titleOf(frame, item)}</span></a>`;
}

/** @param {Frame} frame @param {OpeningItem} item */
function receiver({ t }, item) {
  if (item.agent) return item.agent.name ?? '';
  return item.counters === 1 ? t('unit_one') : t('unit_many', { n: item.counters });
}

/** @param {Frame} frame @param {OpeningItem} item */
function place({ t }, { place: { kind, name } }) {
  return NAMED_PLACES.has(kind) && name ? `${t(`place_${kind}`)}, ${name}` : t(`place_${kind}`);
}

/** @param {Frame} frame @param {OpeningItem} item */
function reasons({ t, view, state }, item) {
  if (item.reasons.length === 0) return t('reasons_all');
  return item.reasons.map((code) => {
    const known = view.reasons.find((reason) => reason.code === code);
    return known ? known[state.language] || known.fr : code;
  }).join(', ');
}

/**
 * @param {Iterable<OpeningItem>} items
 * @param {(item: OpeningItem) => boolean} wanted
 * @returns {OpeningItem[]} the earliest first
 */
export function sorted(items, wanted) {
  return [...items].filter(wanted).sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at) || (one.id < other.id ? -1 : 1));
}
