import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { personOf } from '../../sync/effects/people.js';
import { wallOf } from '../../ui/zone.js';
import { readOpeningAt } from '../../week/opening-at.js';
import { backTo, errorOf, input, segments } from '../service/frame.js';
import { NAMED_PLACES } from '../service/read-forms.js';
import { draftOf } from './draft.js';
import { preview, recurrenceFields } from './recurrence-fields.js';

/**
 * @typedef {import('../service/frame.js').Frame} Frame
 * @typedef {import('./draft.js').Draft} Draft
 */

/** @type {readonly import('../../types').PlaceKind[]} */
const PLACES = ['unit', 'town_hall', 'france_services', 'home', 'video'];
const LONGEST_PLACE = 200;

/**
 * Propose a time in which the unit receives, or change a proposal before deciding about it; citizens see nothing of
 * either before the chief approves.
 * @param {Frame} frame
 * @param {import('../../types').OpeningItem | null} item the proposal that is changed
 */
export function openingForm(frame, item) {
  const { state, agent, chief, t, zone, form, does } = frame;
  const at = item ? null : readOpeningAt(state.route.id);
  // A chief who comes from the week has pointed at its hours, and approves by making it.
  const makes = at !== null && chief;
  const draft = draftOf(item, personOf(agent), zone, state.now, at);
  const today = wallOf(state.now, zone).day;
  const by = form.by ?? draft.by;
  const place = form.place ?? draft.place;
  return html`${item ? backTo(address('desk'), t('tab_desk')) : at ? backTo(address('week'), t('week_back')) : backTo(address('duty'), t('tab_duty'))}
    <h1 id="page-title" tabindex="-1">${t(item ? 'opening_amend' : makes ? 'opening_make_title' : 'opening_propose')}</h1>
    <p class="hint">${item ? t('opening_amend_hint', { name: item.proposed_by.name ?? '' }) : t(makes ? 'opening_make_hint' : 'opening_hint')}</p>
    <form class="form service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.propose(event, item)} @input=${(/** @type {Event} */ event) => does.preview(event, item)}>
      ${input(frame, { name: 'day', label: t(form.repeat && form.repeat !== 'once' ? 'first_day' : 'day'), type: 'date', value: draft.day, min: item ? undefined : today })}
      <div class="field-pair">
        ${input(frame, { name: 'from', label: t('from_time'), type: 'time', value: draft.from })}
        ${input(frame, { name: 'to', label: t('to_time'), type: 'time', value: draft.to })}
      </div>
      ${recurrenceFields(frame, draft)}
      ${preview(frame)}
      ${segments({ legend: t('who'), name: 'by', values: [['me', draft.person.id === agent.id ? t('who_me', { name: agent.name }) : draft.person.name ?? ''], ['unit', t('who_unit')]], current: by, set: (value) => does.form({ by: value }) })}
      ${by === 'unit' ? input(frame, { name: 'counters', label: t('counters'), type: 'number', value: String(draft.counters), min: '1', max: '20', hint: t('counters_hint'), mode: 'numeric' }) : nothing}
      <fieldset class="field"><legend>${t('where')}</legend>
        ${PLACES.map((kind) => html`<label class="choice">
          <input type="radio" name="place_kind" value=${kind} .checked=${place === kind} @change=${() => does.form({ place: kind })}><span>${t(`place_${kind}`)}</span></label>`)}
      </fieldset>
      ${NAMED_PLACES.has(place) ? input(frame, { name: 'place_name', label: t('place_name'), type: 'text', value: draft.placeName, hint: t('place_name_hint'), longest: LONGEST_PLACE }) : nothing}
      ${reasons(frame, draft)}
      <div class="service-do"><button class="button button-primary button-wide" type="submit">${t(item ? 'opening_amend_do' : makes ? 'opening_make_do' : 'opening_do')}</button></div>
    </form>`;
}

/**
 * All reasons, or some of those that this terminal holds.
 * @param {Frame} frame
 * @param {Draft} draft
 */
function reasons(frame, draft) {
  const { view, state, t, form, does } = frame;
  if (view.reasons.length === 0) return html`<p class="hint">${t('reasons_unknown')}</p>`;
  const some = form.some ?? draft.reasons.length > 0;
  const wrong = Boolean(form.errors?.reasons);
  return html`
    ${segments({ legend: t('reasons'), name: 'reasons_kind', values: [['all', t('reasons_all')], ['some', t('reasons_some')]], current: some ? 'some' : 'all', set: (value) => does.form({ some: value === 'some' }) })}
    ${some ? html`<fieldset class="field" ?data-error=${wrong} aria-describedby=${wrong ? 'reasons-error' : nothing}>
      <legend class="visually-hidden">${t('reasons_some')}</legend>
      ${errorOf(frame, 'reasons')}
      ${view.reasons.map((reason) => html`<label class="choice"><input type="checkbox" name="reasons" value=${reason.code} ?checked=${draft.reasons.includes(reason.code)}><span>${reason[state.language] || reason.fr}</span></label>`)}
    </fieldset>` : nothing}`;
}
