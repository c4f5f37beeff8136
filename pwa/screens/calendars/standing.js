// How a planning or an agenda is doing: an icon and a word, how long ago, and what follows from it.

import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { silentSince } from '../service/plannings.js';
import { counted } from './words.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {Pick<import('./shapes').Planning, 'kind' | 'state' | 'agent'> & {succeeded_at: string | null, since: string | null, silent_since?: string | null}} SourceRow
 * @typedef {import('./shapes').Export} Export
 */

const ICONS = { fresh: 'done', waiting: 'clock', failing: 'warning', silent: 'alarm', paused: 'pause', ending: 'clock' };
const LOOKS = { fresh: 'good', waiting: '', failing: 'late', silent: 'late', paused: 'near', ending: 'near' };

/** @param {string} words @param {keyof typeof ICONS} state */
const mark = (words, state) => html`<span class="mark" data-look=${LOOKS[state]}>${icon(ICONS[state])}<span>${words}</span></span>`;

/** Those that somebody has to do something about come first; one that is paused and silent holds up as much as any silent one. */
const URGENT = ['silent', 'failing', 'paused', 'waiting', 'fresh'];
/** @param {SourceRow} row */
const urgency = (row) => (silentSince(row) ? 0 : URGENT.indexOf(row.state));

/**
 * @template {SourceRow & {name: string}} R
 * @param {R[]} rows
 */
export const mostUrgentFirst = (rows) => rows.sort((one, other) => urgency(one) - urgency(other) || one.name.localeCompare(other.name));

/**
 * @param {import('./shapes').Planning} one
 * @returns {SourceRow & {id: string, name: string}}
 */
export const rowOf = (one) => ({ ...one, since: one.paused_at ?? one.silent_since ?? one.failure?.at ?? null });

/**
 * @param {Frame} frame
 * @param {SourceRow} source
 */
export function sourceStanding({ w, format, chief }, source) {
  const { state, succeeded_at } = source;
  const silent = silentSince(source);
  const since = silent ?? source.since;
  const follows = silent ? w(chief ? 'cal_follows_silent' : 'cal_follows_silent_other')
    : state === 'failing' || state === 'paused' ? w(`cal_follows_${state}`) : '';
  const age = succeeded_at ? w('cal_read_age', { when: format.age(succeeded_at) }) : since && state !== 'waiting' ? w('cal_since', { when: format.moment(since) }) : '';
  const words = w(silent && state === 'paused' ? 'cal_state_paused_silent' : `cal_state_${state}`);
  return html`<span class="row-marks">${mark(words, silent ? 'silent' : state)}${age ? html`<span class="quiet">${age}</span>` : nothing}</span>
    ${follows ? html`<span class="calendar-follows">${follows}</span>` : nothing}`;
}

/**
 * @param {Frame} frame
 * @param {Export} one
 */
export function exportStanding({ w, format }, { kind, state, succeeded_at, refused }) {
  const incomplete = refused > 0 && state === 'fresh';
  const follows = state === 'paused' || state === 'failing' || state === 'ending' ? w(`cal_export_follows_${state}`) : incomplete ? counted(w, 'cal_mail_refused', refused) : '';
  const age = succeeded_at ? w(kind === 'feed' ? 'cal_export_read_age' : 'cal_export_written_age', { when: format.age(succeeded_at) }) : '';
  return html`<span class="row-marks">${incomplete ? mark(w('cal_mail_incomplete'), 'failing') : mark(w(`cal_export_state_${state}`), state)}${age ? html`<span class="quiet">${age}</span>` : nothing}</span>
    ${follows ? html`<span class="calendar-follows">${follows}</span>` : nothing}`;
}
