import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { isTable } from './read-form.js';
import { refusedList } from './refused.js';
import { counted, whyWords } from './words.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('./shapes').Trial} Trial
 */

/**
 * The button that tries what stands in the form, and what came of it, in sentences.
 * @param {Frame} frame
 * @param {{hint: string, first: boolean, test: (form: HTMLFormElement) => void}} about `first`: it is the next thing to do
 */
export function trialPart(frame, { hint, first, test }) {
  const { w, page } = frame;
  const busy = page.busy === 'test';
  return html`<div class="calendar-test"><p class="hint" id="test-hint">${hint}</p>
    <button class="button ${first ? 'button-primary' : 'button-secondary'} button-wide" type="button" aria-describedby="test-hint" aria-disabled=${String(busy)}
      @click=${(/** @type {Event} */ { currentTarget }) => test(/** @type {HTMLFormElement} */ (/** @type {HTMLButtonElement} */ (currentTarget).form))}>${w(busy ? 'cal_testing' : 'cal_test')}</button>
    <div role="status" aria-live="polite">${page.trial ? trialShown(frame, page.trial) : nothing}</div></div>`;
}

/**
 * @param {Frame} frame
 * @param {Trial} trial
 * @param {import('./words.js').CalendarKey} [bad] what its failure is called
 */
export function trialShown(frame, trial, bad = 'cal_test_bad') {
  const { w } = frame;
  const { state, code, found, kind } = trial;
  if (state === 'running' || state === 'slow') return html`<p class="calendar-wait">${icon('clock')}<span>${w(`cal_test_${state}`)}</span></p>`;
  if (state === 'lost') return html`<div class="callout callout-warning"><p>${icon('warning')}<span>${w('cal_test_lost')}</span></p></div>`;
  if (state === 'failed') {
    return html`<div class="callout callout-warning" data-code=${code}><h2>${icon('warning')}<span>${w(bad)}</span></h2><p>${whyWords(w, code, found)}</p>
    ${code === 'timeout' ? html`<p>${w('cal_test_timeout')}</p>` : nothing}</div>`;
  }
  return html`<div class="callout calendar-good"><h2>${icon('done')}<span>${w('cal_test_good')}</span></h2><p>${foundWords(frame, trial)}</p>
    ${found.unknown_agents ? html`<p>${counted(w, 'cal_found_unknown', found.unknown_agents)}</p>` : nothing}
    ${refusedList(frame, found, { table: isTable(kind) })}</div>`;
}

/**
 * What was read, in a sentence or two.
 * @param {Pick<Frame, 'w' | 'period'>} frame
 * @param {Pick<Trial, 'kind' | 'found'>} trial
 * @returns {string}
 */
export function foundWords({ w, period }, { kind, found }) {
  if (kind === 'caldav_export') return counted(w, 'cal_found_holds', found.holds ?? 0);
  if (isTable(kind)) {
    const said = [counted(w, 'cal_found_rows', found.read ?? 0)];
    if (found.read) said.push(counted(w, 'cal_found_taken', found.taken ?? 0));
    if (found.taken && found.agents) said.push(counted(w, 'cal_found_agents', found.agents));
    return said.join(' ');
  }
  const { read = 0, busy = 0, first_at, last_at } = found;
  const between = first_at && last_at ? period({ starts_at: first_at, ends_at: last_at }) : '';
  return [counted(w, 'cal_found_read', read), read ? counted(w, 'cal_found_busy', busy, { period: between }) : ''].join(' ').trim();
}
