import { html, nothing } from 'lit-html';
import { exchangeOf, inTheWay, receives } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { errorOf } from '../service/frame.js';
import { inOrder, people, reasonWords, stepHead } from './parts.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

/**
 * The chief names who receives; whoever is busy then is marked, and the server has the last word.
 * @param {Frame} frame
 * @param {Item} item
 */
export function assignForm(frame, item) {
  const { view, t, chief, does, period } = frame;
  if (!chief) return html`${stepHead(frame, item, t('assign_title'))}<p>${t('desk_chief_only')}</p>`;
  const all = [...view.agents.values()].sort((one, other) => one.name.localeCompare(other.name, 'fr'));
  const kind = item.agents_needed > 1 ? 'checkbox' : 'radio';
  return html`${stepHead(frame, item, t('assign_title'))}
    <form class="form service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.agenda.assign(event, item)}>
      <fieldset class="field choices"><legend>${t(item.agents_needed > 1 ? 'assign_two' : 'assign_one')}</legend>
        ${errorOf(frame, 'agents')}
        ${all.map((one) => {
          const busy = inTheWay(view, one.id, item);
          return html`<label class="choice"><input type=${kind} name="agents" value=${one.id} .defaultChecked=${receives(item, one.id)}>
            <span>${one.name}${busy ? html` <span class="mark">${icon('warning')}${t('assign_busy', { period: period(busy) })}</span>` : nothing}</span></label>`;
        })}
      </fieldset>
      <button class="button button-primary button-wide" type="submit">${t('assign_do')}</button>
    </form>`;
}

/**
 * Which appointment of a colleague is taken instead.
 * @param {Frame} frame
 * @param {Item} item
 */
export function swapForm(frame, item) {
  const { view, agent, state, t, does, period } = frame;
  const others = inOrder([...view.appointments.values()].filter((other) =>
    other.id !== item.id && Date.parse(other.ends_at) > state.now && exchangeOf(item, other, agent)));
  return html`${stepHead(frame, item, t('swap_title'))}
    <p class="hint">${t('swap_hint')}</p>
    ${others.length === 0 ? html`<p>${t('swap_none')}</p>` : html`
    <form class="form service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.agenda.swap(event, item.id)}>
      <fieldset class="field choices"><legend>${t('swap_title')}</legend>
        ${errorOf(frame, 'other')}
        ${others.map((other) => html`<label class="choice"><input type="radio" name="other" value=${other.id}>
          <span><b>${people(other)}</b>, ${period(other)}<br>${reasonWords(frame, other)}</span></label>`)}
      </fieldset>
      <button class="button button-primary button-wide" type="submit">${t('swap_do')}</button>
    </form>`}`;
}
