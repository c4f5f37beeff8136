import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { addDays, wallOf } from '../../ui/zone.js';
import { backTo, errorOf, input, segments } from './frame.js';
import { NAMED_PLACES } from './read-forms.js';

/** @typedef {import('./frame.js').Frame} Frame */

/** @type {readonly import('../../types').PlaceKind[]} */
const PLACES = ['unit', 'town_hall', 'france_services', 'home', 'video'];
const LONGEST_PLACE = 200;

/**
 * Propose a time in which the unit receives; citizens see nothing of it before the chief approves.
 * @param {Frame} frame
 */
export function openingForm(frame) {
  const { state, agent, t, zone, form, does } = frame;
  const today = wallOf(state.now, zone).day;
  const place = form.place ?? 'unit';
  return html`${backTo(address('duty'), t('tab_duty'))}
    <h1 id="page-title" tabindex="-1">${t('opening_propose')}</h1>
    <p class="hint">${t('opening_hint')}</p>
    <form class="form service-form" novalidate @submit=${does.propose}>
      ${input(frame, { name: 'day', label: t('day'), type: 'date', value: addDays(today, 1), min: today })}
      <div class="field-pair">
        ${input(frame, { name: 'from', label: t('from_time'), type: 'time' })}
        ${input(frame, { name: 'to', label: t('to_time'), type: 'time' })}
      </div>
      ${segments({ legend: t('who'), name: 'by', values: [['me', t('who_me', { name: agent.name })], ['unit', t('who_unit')]], current: form.by ?? 'me', set: (by) => does.form({ by }) })}
      ${form.by === 'unit' ? input(frame, { name: 'counters', label: t('counters'), type: 'number', value: '1', min: '1', max: '20', hint: t('counters_hint'), mode: 'numeric' }) : nothing}
      <fieldset class="field"><legend>${t('where')}</legend>
        ${PLACES.map((kind) => html`<label class="choice">
          <input type="radio" name="place_kind" value=${kind} .checked=${place === kind} @change=${() => does.form({ place: kind })}><span>${t(`place_${kind}`)}</span></label>`)}
      </fieldset>
      ${NAMED_PLACES.has(place) ? input(frame, { name: 'place_name', label: t('place_name'), type: 'text', hint: t('place_name_hint'), longest: LONGEST_PLACE }) : nothing}
      ${reasons(frame)}
      <div class="service-do"><button class="button button-primary button-wide" type="submit">${t('opening_do')}</button></div>
    </form>`;
}

/**
 * All reasons, or some of those that this terminal holds.
 * @param {Frame} frame
 */
function reasons(frame) {
  const { view, state, t, form, does } = frame;
  if (view.reasons.length === 0) return html`<p class="hint">${t('reasons_unknown')}</p>`;
  const wrong = Boolean(form.errors?.reasons);
  return html`
    ${segments({ legend: t('reasons'), name: 'reasons_kind', values: [['all', t('reasons_all')], ['some', t('reasons_some')]], current: form.some ? 'some' : 'all', set: (value) => does.form({ some: value === 'some' }) })}
    ${form.some ? html`<fieldset class="field" ?data-error=${wrong} aria-describedby=${wrong ? 'reasons-error' : nothing}>
      <legend class="visually-hidden">${t('reasons_some')}</legend>
      ${errorOf(frame, 'reasons')}
      ${view.reasons.map((reason) => html`<label class="choice"><input type="checkbox" name="reasons" value=${reason.code}><span>${reason[state.language] || reason.fr}</span></label>`)}
    </fieldset>` : nothing}`;
}
