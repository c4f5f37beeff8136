import { html, nothing } from 'lit-html';
import { fieldError } from '../../ui/field-error.js';
import { refusedList } from './refused.js';
import { trialShown } from './trial-shown.js';
import { counted } from './words.js';

/**
 * Hand a table in by hand, and read what it said, row by row.
 * @param {import('./frame.js').Frame} frame
 * @param {import('./shapes').Planning} one
 */
export function uploadForm(frame, one) {
  const { w, page, does } = frame;
  const error = page.errors.table;
  const busy = page.busy === 'upload';
  return html`<section class="block" aria-labelledby="upload-title"><h2 id="upload-title">${w('cal_upload')}</h2>
    <form class="form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.sources.upload(event, one)}>
      <div class="field" ?data-error=${Boolean(error)}><label for="upload-file">${w('cal_upload_file')}</label>
        <p class="hint" id="upload-hint">${w('cal_upload_hint')}</p>
        ${fieldError(error ? w(error) : null, 'upload-error')}
        <input id="upload-file" name="table" type="file" accept=".csv,.txt,text/csv" aria-describedby=${error ? 'upload-hint upload-error' : 'upload-hint'}></div>
      <button class="button button-secondary button-wide" type="submit" aria-disabled=${String(busy)}>${w(busy ? 'cal_uploading' : 'cal_upload_do')}</button>
    </form>
    <div role="alert">${page.trial ? trialShown(frame, page.trial, 'cal_upload_failed') : nothing}</div>
    ${page.uploaded ? html`<div class="callout calendar-good"><p>${counted(w, 'cal_found_rows', page.uploaded.read)} ${counted(w, 'cal_found_taken', page.uploaded.taken)}</p>
      ${refusedList(frame, page.uploaded, { table: true })}</div>` : nothing}</section>`;
}
