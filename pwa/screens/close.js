import { html, nothing } from 'lit-html';
import { fieldError } from '../ui/field-error.js';
import { stepHead } from './detail-content.js';

/** @type {readonly import('../types').Outcome[]} */
const OUTCOMES = ['handled', 'appointment', 'redirected', 'unreachable', 'mistake'];

/**
 * End a request with how it went.
 * @param {import('../later.js').LaterContext} context
 * @param {import('../types').RequestItem} item
 */
export function closeForm(context, item) {
  const { state, t, acts } = context;
  const error = state.forms.close;
  return html`${stepHead(context, item, t('close_title'))}
    <form class="form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => acts.close(event, item.id)}>
      <fieldset aria-labelledby="detail-title" aria-describedby=${error ? 'close-error' : nothing}>
        ${fieldError(error && t(error), 'close-error')}
        ${OUTCOMES.map((outcome) => html`<label class="choice">
          <input type="radio" name="outcome" value=${outcome}><span>${t(`outcome_${outcome}`)}</span></label>`)}
      </fieldset>
      <div class="action-bar"><button class="button button-primary button-wide" type="submit">${t('close')}</button></div>
    </form>`;
}
