import { html, nothing } from 'lit-html';
import { isChief } from '../../sync/effects/people.js';
import { fieldError } from '../../ui/field-error.js';
import { icon } from '../../ui/icon.js';
import { periodFormat } from '../../ui/period.js';
import { zoneOf } from './read-forms.js';

/**
 * What the screens about people's time are functions of.
 * @typedef {import('../../ui/context.js').Context & {
 *   period: ReturnType<typeof periodFormat>,
 *   zone: string,
 *   agent: import('../../types').Me['agent'],
 *   chief: boolean,
 *   form: import('./actions.js').ServiceForms,
 *   does: import('./actions.js').ServiceActions & {agenda: import('../agenda/actions.js').AgendaActions},
 * }} Frame
 */

/**
 * @param {import('../../ui/context.js').Context} context of somebody who is signed in
 * @param {Frame['does']} does
 * @returns {Frame}
 */
export function frameOf(context, does) {
  const { state, view, me } = context;
  const { agent } = /** @type {import('../../types').Me} */ (me);
  const zone = zoneOf(view);
  return {
    ...context,
    period: periodFormat(state.language, zone, state.now),
    zone,
    agent,
    chief: isChief(agent),
    form: state.forms.service,
    does,
  };
}

/**
 * The mark of what the server has not heard of, or nothing.
 * @param {Frame} frame
 * @param {{pending: readonly unknown[]} | undefined} item
 */
export function pending({ t }, item) {
  return item?.pending.length ? html`<span class="mark mark-pending">${icon('upload')}${t('pending')}</span>` : nothing;
}

/**
 * A back link above a title.
 * @param {string} to
 * @param {string} words
 */
export function backTo(to, words) {
  return html`<a class="back" href=${to}>${icon('back')}<span>${words}</span></a>`;
}

/**
 * The error of a field, which its input names by `<field>-error`.
 * @param {Frame} frame
 * @param {string} field
 */
export function errorOf({ t, form }, field) {
  const error = form.errors?.[field];
  return fieldError(error ? t(error.key, error.values) : null, `${field}-error`);
}

/**
 * One labelled input; `extra` are further attributes.
 * @param {Frame} frame
 * @param {{name: string, label: string, type: string, value?: string, min?: string, max?: string, hint?: string, longest?: number, mode?: 'numeric'}} about
 */
export function input(frame, { name, label, type, value = '', min, max, hint, longest, mode }) {
  const wrong = Boolean(frame.form.errors?.[name]);
  const described = [hint ? `${name}-hint` : '', wrong ? `${name}-error` : ''].filter(Boolean).join(' ');
  return html`<div class="field" ?data-error=${wrong}>
    <label for=${name}>${label}</label>
    ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
    ${errorOf(frame, name)}
    <input id=${name} name=${name} type=${type} value=${value} min=${min ?? nothing} max=${max ?? nothing} maxlength=${longest ?? nothing}
      inputmode=${mode ?? nothing} autocomplete="off" aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${described || nothing}>
  </div>`;
}

/**
 * A row of choices of which one is pressed.
 * @param {{legend: string, name: string, values: readonly (readonly [string, string])[], current: string, set: (value: any) => void}} about
 */
export function segments({ legend, name, values, current, set }) {
  return html`<fieldset class="segmented"><legend>${legend}</legend><div class="segments">
    ${values.map(([value, label]) => html`<label class="segment">
      <input type="radio" name=${name} value=${value} .checked=${current === value} @change=${() => set(value)}><span>${label}</span></label>`)}
  </div></fieldset>`;
}
