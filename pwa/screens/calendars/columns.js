import { html, nothing } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { repeat } from 'lit-html/directives/repeat.js';
import { fieldError } from '../../ui/field-error.js';
import { icon } from '../../ui/icon.js';
import { COLUMNS, plain, POSITIONS, REQUIRED, USUAL_COLUMNS, USUAL_WORDS } from './read-form.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('./shapes').Planning} Planning
 * @typedef {import('./shapes').WordRow} WordRow
 */

/**
 * What a table's columns are called, and which position each word stands for.
 * @param {Frame} frame
 * @param {Planning | null} one
 */
export function columnMap(frame, one) {
  const { w, page } = frame;
  const columns = page.columns ?? one?.columns ?? USUAL_COLUMNS;
  const header = page.header.length ? page.header : frame.does.sources.headerOf(one?.id ?? '');
  const rows = page.rows ?? rowsOf(one?.words ?? USUAL_WORDS);
  return html`<fieldset class="calendar-map"><legend>${w('cal_columns')}</legend>
      <p class="hint">${w(header.length ? 'cal_columns_choose' : 'cal_columns_hint')}</p>
      <div class="calendar-columns-grid">${COLUMNS.map((name) => column(frame, header, name, columns[name]))}</div></fieldset>
    <details class="calendar-map" ?open=${Boolean(page.errors.words || page.rows)}><summary>${w('cal_words')}</summary>
      <p class="hint">${w('cal_words_hint')}</p>
      ${fieldError(page.errors.words ? w(page.errors.words) : null, 'words-error')}
      <ul class="calendar-words">${repeat(rows, ({ key }) => key, (row) => word(frame, rows, row))}</ul>
      <button class="button button-secondary" type="button" @click=${() => frame.does.sources.addWord(rows)}>${icon('add')}${w('cal_word_add')}</button></details>`;
}

/** @param {Record<string, import('./shapes').Position>} words @returns {WordRow[]} */
function rowsOf(words) {
  return Object.entries(words).map(([word, position], key) => ({ key, word, position }));
}

/**
 * One column: chosen from those that the last file has, typed where none is known or it is another. Other columns are another choice:
 * what a browser keeps of the one before is a place in its list, where now something else may stand.
 * @param {Frame} frame
 * @param {readonly string[]} header
 * @param {keyof import('./shapes').Columns} name
 * @param {string} current
 */
function column({ w, page, does }, header, name, current) {
  const field = `column_${name}`;
  const error = page.errors[field];
  const label = REQUIRED.includes(name) ? w(`cal_column_${name}`) : `${w(`cal_column_${name}`)} (${w('cal_optional')})`;
  const found = header.find((one) => plain(one) === plain(current));
  const chosen = (/** @type {Event} */ { currentTarget }) => (/** @type {HTMLSelectElement} */ (currentTarget).value ? does.sources.mended(field) : does.sources.typeColumn(name));
  return html`<div class="field" ?data-error=${Boolean(error)}><label for=${field}>${label}</label>
    ${fieldError(error ? w(error) : null, `${field}-error`)}
    ${header.length && !page.typed.includes(name) ? keyed(JSON.stringify([current, header]), html`<select id=${field} name=${field} @change=${chosen} aria-describedby=${error ? `${field}-error` : nothing}>
      ${found ? nothing : html`<option value=${current} selected>${w('cal_column_absent', { name: current })}</option>`}
      ${header.filter(Boolean).map((one) => html`<option value=${one} ?selected=${one === found}>${one}</option>`)}
      <option value="">${w('cal_column_other')}</option></select>`) : html`
    <input id=${field} name=${field} value=${current} maxlength="80" aria-invalid=${error ? 'true' : nothing} aria-describedby=${error ? `${field}-error` : nothing}>`}</div>`;
}

/**
 * @param {Frame} frame
 * @param {WordRow[]} rows
 * @param {WordRow} row
 */
function word({ w, does }, rows, row) {
  return html`<li><input name="word" data-key=${row.key} value=${row.word} maxlength="80" aria-label=${w('cal_word')}>
    <select name="position" aria-label=${row.word ? `${row.word} ${w('cal_word_means')}` : w('cal_word_means')}>${POSITIONS.map((one) => html`<option value=${one} ?selected=${one === row.position}>${w(`cal_position_${one}`)}</option>`)}</select>
    <button class="button button-plain" type="button" aria-label=${row.word ? w('cal_word_remove', { word: row.word }) : w('cal_word_remove_empty')} @click=${() => does.sources.removeWord(rows, row.key)}>${icon('bin')}</button></li>`;
}
