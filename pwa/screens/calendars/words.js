// The words of these screens come with them, in both languages. What a code means is a sentence that says what to do.

import en from '../../locales/calendars/en.js';
import fr from '../../locales/calendars/fr.js';
import { fill } from '../../ui/translate.js';

/**
 * @typedef {keyof typeof fr} CalendarKey
 * @typedef {(key: CalendarKey, values?: Record<string, string | number>) => string} CalendarTranslate
 */

/**
 * @param {'fr' | 'en'} language
 * @returns {CalendarTranslate}
 */
export function calendarTranslator(language) {
  const words = language === 'en' ? en : fr;
  return (key, values) => fill(words[key], values);
}

/**
 * @param {string} key that is put together at run time
 * @param {CalendarKey} fallback where there are no such words
 * @returns {CalendarKey}
 */
export function calendarKeyOr(key, fallback) {
  return key in fr ? /** @type {CalendarKey} */ (key) : fallback;
}

/**
 * Why a whole planning, agenda or trial failed.
 * @param {string} code
 * @returns {CalendarKey}
 */
export function whyKey(code) {
  // What is said of an entry is said of the whole where every entry had it.
  return calendarKeyOr(`cal_why_${/^http_\d+$/.test(code) ? 'http_status' : code}`, calendarKeyOr(`cal_row_${code}`, 'cal_why_other'));
}

/**
 * Why one entry or row was left out.
 * @param {string} cause
 * @returns {CalendarKey}
 */
export function rowKey(cause) {
  return calendarKeyOr(`cal_row_${cause}`, calendarKeyOr(`cal_why_${cause}`, 'cal_row_other'));
}

/**
 * @param {CalendarTranslate} w
 * @param {string} code
 * @param {{line?: number, status?: number}} [where]
 */
export function whyWords(w, code, { line = 0, status = 0 } = {}) {
  const words = w(whyKey(code), { code, status: status || code.replace('http_', '') });
  return line > 0 ? `${words} ${w('cal_why_line', { line })}` : words;
}

/**
 * Why an export fails. A mailbox is no agenda, and what is to be done about it is something else.
 * @param {CalendarTranslate} w
 * @param {import('./shapes').ExportKind} kind
 * @param {string} code
 */
export function exportWhy(w, kind, code) {
  const key = kind === 'mail' ? calendarKeyOr(`cal_mail_why_${code}`, whyKey(code)) : whyKey(code);
  return key === whyKey(code) ? whyWords(w, code) : w(key);
}

/**
 * The words for one, or for several.
 * @param {CalendarTranslate} w
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 */
export function counted(w, key, n, values) {
  return w(/** @type {CalendarKey} */ (`${key}_${n === 1 ? 'one' : n === 0 && `${key}_none` in fr ? 'none' : 'many'}`), { n, ...values });
}
