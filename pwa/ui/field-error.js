import { html, nothing } from 'lit-html';
import { icon } from './icon.js';

/**
 * What is wrong with a field, in the place where it is.
 * @param {string | null} error
 * @param {string} id
 */
export function fieldError(error, id) {
  return error ? html`<p class="field-error" id=${id}>${icon('warning')}<span>${error}</span></p>` : nothing;
}
