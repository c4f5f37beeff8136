import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { wallOf } from '../../ui/zone.js';
import { errorOf, input } from '../service/frame.js';
import { MOST_STARTS } from './actions.js';
import { proposedStarts } from './clash.js';
import { stepHead } from './parts.js';
import { howTold, toldBy } from './told.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

const LONGEST_WORD = 500;

/**
 * The time is given up and others are kept for the citizen.
 * @param {Frame} frame
 * @param {Item} item
 */
export function proposeForm(frame, item) {
  const { t, chief, does, state, zone } = frame;
  if (!chief) return html`${stepHead(frame, item, t('propose_title'))}<p>${t('desk_chief_only')}</p>`;
  const today = wallOf(state.now, zone).day;
  const known = proposedStarts(item, state.now).map((start) => wallOf(start, zone));
  return html`${stepHead(frame, item, t('propose_title'))}
    <p class="hint">${t('propose_hint')}</p>
    <form class="form service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.agenda.propose(event, item)}>
      ${howTold(frame, item)}
      ${known.length ? html`<p class="hint">${t('clash_starts_hint')}</p>` : nothing}
      ${Array.from({ length: MOST_STARTS }, (_, index) => index + 1).map((n) => html`<fieldset class="field-set">
        <legend>${t('propose_start', { n })} ${n > 1 ? html`<span class="quiet">${t('propose_optional')}</span>` : nothing}</legend>
        <div class="field-pair">
          ${input(frame, { name: `day_${n}`, label: t('day'), type: 'date', min: today, value: known[n - 1]?.day })}
          ${input(frame, { name: `time_${n}`, label: t('from_time'), type: 'time', value: known[n - 1]?.time })}
        </div></fieldset>`)}
      ${word(frame, t('propose_word'))}
      <button class="button button-primary button-wide" type="submit">${t('propose_do')}</button>
    </form>`;
}

/**
 * A citizen who called is spared the way to their link. For the unit itself cancelling is the chief's last resort: the
 * citizen reads why.
 * @param {Frame} frame
 * @param {Item} item
 */
export function cancelForm(frame, item) {
  const { t, chief, does } = frame;
  return html`${stepHead(frame, item, t('cancel_title'))}
    ${chief ? html`<p class="hint">${t('cancel_keep')}</p>
      <div class="buttons"><a class="button button-secondary" href=${address('propose', item.id)}>${t('propose')}</a></div>` : html`<p class="hint">${t('cancel_for_hint')}</p>`}
    <form class="form service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.agenda.cancel(event, item.id)}>
      ${chief || toldBy(item) === 'mail' ? howTold(frame, item) : nothing}
      ${chief ? html`<fieldset class="field choices"><legend>${t('cancel_why')}</legend>
        ${errorOf(frame, 'why')}
        ${/** @type {const} */ (['citizen', 'unit']).map((why) => html`<label class="choice"><input type="radio" name="why" value=${why}><span>${t(`cancel_by_${why}`)}</span></label>`)}
      </fieldset>` : html`<input type="hidden" name="why" value="citizen">`}
      ${word(frame, t(chief ? 'cancel_word' : 'cancel_for_word'))}
      <button class="button button-danger button-wide" type="submit">${t('cancel_do')}</button>
    </form>`;
}

/** @param {Frame} frame @param {string} label */
function word(frame, label) {
  const wrong = Boolean(frame.form.errors?.word);
  return html`<div class="field" ?data-error=${wrong}><label for="word">${label}</label>
    ${errorOf(frame, 'word')}
    <textarea id="word" name="word" rows="3" maxlength=${LONGEST_WORD} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? 'word-error' : nothing}></textarea></div>`;
}
