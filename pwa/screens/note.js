import { html, nothing } from 'lit-html';
import { fieldError } from '../ui/field-error.js';
import { stepHead } from './detail-content.js';

const LONGEST = 5000;

/**
 * Write a note that the unit reads.
 * @param {import('../later.js').LaterContext} context
 * @param {import('../types').RequestItem} item
 */
export function noteForm(context, item) {
  const { state, t, acts } = context;
  const error = state.forms.note;
  return html`${stepHead(context, item, t('note_title'))}
    <form class="form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => acts.note(event, item.id)}>
      <div class="field" ?data-error=${error !== null}>
        <label for="note-text">${t('note_label')}</label>
        <p class="hint" id="note-hint">${t('note_hint')}</p>
        ${fieldError(error && t(error), 'note-error')}
        <textarea id="note-text" name="text" rows="6" maxlength=${LONGEST}
          aria-invalid=${error ? 'true' : nothing} aria-describedby="note-hint${error ? ' note-error' : ''}"></textarea>
      </div>
      <div class="action-bar"><button class="button button-primary button-wide" type="submit">${t('note_save')}</button></div>
    </form>`;
}
