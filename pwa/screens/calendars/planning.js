import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { revoking, told } from './frame.js';
import { health } from './health.js';
import { CALENDARS, editAt } from './places.js';
import { isTable } from './read-form.js';
import { refusedList } from './refused.js';
import { silenceWords } from './silence.js';
import { rowOf, sourceStanding } from './standing.js';
import { uploadForm } from './upload-form.js';
import { whyWords } from './words.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('./shapes').Planning} Planning
 */

/**
 * One planning: how it is doing, what went wrong and what to do about it, and what can be done with it.
 * @param {Frame} frame
 * @param {string} id
 */
export function planning(frame, id) {
  const { w } = frame;
  const one = frame.seen.plannings?.find((known) => known.id === id);
  if (!one) return absent(frame);
  return html`${back(w('cal_title'))}
    <h1 id="page-title" tabindex="-1">${one.name}</h1>
    <p class="quiet">${one.agent?.name ?? w('cal_whole_unit')} · ${w(`cal_kind_${one.kind}`)}</p>
    ${told(frame)}
    <div class="calendar-standing">${sourceStanding(frame, rowOf(one))}</div>
    ${one.silent_since ? html`<p class="calendar-silent">${silenceWords(frame, one)}</p>` : nothing}
    ${one.failure ? failed(frame, one) : nothing}
    ${actions(frame, one)}
    ${isTable(one.kind) ? uploadForm(frame, one) : nothing}
    ${health(frame, one)}
    ${refusedList(frame, one, { table: isTable(one.kind), stands: true })}
    <div class="block">${revoking(frame, { name: one.name, text: w('cal_revoke_planning'), revoke: () => frame.does.sources.revoke(one) })}</div>`;
}

/** @param {string} words */
export const back = (words) => html`<a class="back" href=${CALENDARS}>${icon('back')}<span>${words}</span></a>`;

/**
 * Instead of what has not come, or is not there any more.
 * @param {Frame} frame
 */
export function absent({ w, seen, does }) {
  const title = html`${back(w('cal_title'))}<h1 id="page-title" tabindex="-1">${w('cal_title')}</h1>`;
  if (seen.status === 'loading') return html`${title}<p class="quiet-start">${w('cal_loading')}</p>`;
  if (seen.status === 'ready') return html`${title}<div class="empty"><p>${w('cal_gone')}</p></div>`;
  return html`${title}<div class="callout callout-warning" role="alert"><p>${icon(seen.status === 'offline' ? 'wifi-off' : 'warning')}<span>${w(seen.status === 'offline' ? 'cal_offline' : 'cal_load_error')}</span></p>
    <div class="buttons"><button class="button button-secondary" type="button" @click=${does.retry}>${w('cal_retry')}</button></div></div>`;
}

/** @param {Frame} frame @param {Planning} one */
function failed({ w, format }, { failure }) {
  if (!failure) return nothing;
  const when = format.on(failure.at);
  return html`<div class="callout callout-warning" data-code=${failure.code}><h2>${icon('warning')}<span>${w('cal_failed_title')}</span></h2>
    <p>${whyWords(w, failure.code, failure)}</p>
    <p class="quiet">${failure.in_a_row > 1 ? w('cal_failed_times', { n: failure.in_a_row, when }) : w('cal_failed_once', { when })}</p></div>`;
}

/** @param {Frame} frame @param {Planning} one */
function actions({ w, page, does }, one) {
  const poll = one.host && !one.paused_at;
  const polling = page.busy === 'poll';
  return html`<div class="buttons calendar-actions">
    ${poll ? html`<button class="button button-primary" type="button" aria-disabled=${String(polling)} @click=${() => does.sources.poll(one)}>${icon('refresh')}${w(polling ? 'cal_polling' : 'cal_poll')}</button>` : nothing}
    ${one.paused_at
      ? html`<button class="button button-primary" type="button" aria-disabled=${String(page.busy === 'pause')} @click=${() => does.sources.resume(one)}>${icon('play')}${w('cal_resume')}</button>`
      : html`<button class="button button-secondary" type="button" aria-disabled=${String(page.busy === 'pause')} @click=${() => does.sources.pause(one)}>${icon('pause')}${w('cal_pause')}</button>`}
    <a class="button button-secondary" href=${editAt(one.id)}>${icon('note')}${w('cal_edit')}</a></div>`;
}
