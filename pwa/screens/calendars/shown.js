import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';

/**
 * What agendas may say of an appointment: nothing but the time unless the chief has said so.
 * @param {import('./frame.js').Frame} frame
 */
export function shown({ w, seen, page, chief, does }) {
  if (!seen.shown) return nothing;
  const box = (/** @type {'subject' | 'place'} */ name) => html`<label class="choice"><input type="checkbox" name=${name} .checked=${Boolean(seen.shown?.[name])} ?disabled=${!chief}
      aria-describedby="shown-${name}" @change=${(/** @type {Event} */ { target }) => does.exports.show(/** @type {HTMLInputElement} */ (target), name)}>
    <span>${w(`cal_shown_${name}`)}<br><span class="quiet" id="shown-${name}">${w(`cal_shown_${name}_hint`)}</span></span></label>`;
  return html`<fieldset class="block calendar-shown" aria-describedby="shown-text" aria-busy=${String(page.busy === 'shown')}><legend>${icon('shield')}<span>${w('cal_shown')}</span></legend>
    <p class="quiet" id="shown-text">${w('cal_shown_text')}</p>
    ${box('subject')}${box('place')}
    ${chief ? nothing : html`<p class="quiet">${w('cal_shown_chief')}</p>`}</fieldset>`;
}
