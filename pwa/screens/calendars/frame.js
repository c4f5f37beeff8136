import { html, nothing } from 'lit-html';
import { zoneOf } from '../service/read-forms.js';
import { fieldError } from '../../ui/field-error.js';
import { icon } from '../../ui/icon.js';
import { periodFormat } from '../../ui/period.js';
import { calendarTranslator } from './words.js';

/**
 * What these screens are functions of.
 * @typedef {import('../../ui/context.js').Context & {
 *   w: import('./words.js').CalendarTranslate,
 *   seen: import('./shapes').Seen,
 *   page: import('./shapes').PageState,
 *   does: import('./actions.js').CalendarActions,
 *   period: ReturnType<typeof periodFormat>,
 *   chief: boolean,
 *   colleagues: {id: number, name: string}[],
 * }} Frame
 */

/**
 * @param {import('../../ui/context.js').Context} context of somebody who is signed in
 * @param {import('./actions.js').CalendarActions} does
 * @returns {Frame}
 */
export function calendarFrame(context, does) {
  const { state, view, me } = context;
  const seen = does.read();
  // An administrator who serves in the unit may do here what its chief may.
  const chief = Boolean(me?.agent.roles.some((role) => role === 'chief' || role === 'administrator'));
  return {
    ...context,
    w: calendarTranslator(state.language),
    seen,
    page: seen.page,
    does,
    period: periodFormat(state.language, zoneOf(view), state.now),
    chief,
    colleagues: chief ? [...view.agents.values()].filter(({ id }) => id !== me?.agent.id).sort((one, other) => one.name.localeCompare(other.name)) : [],
  };
}

/**
 * What has just been done, or went wrong; each takes the focus when it comes, so that it is read.
 * @param {Frame} frame
 */
export function told({ w, page: { done, error } }) {
  return html`<div role="status">${done ? html`<p class="done" id="calendar-done" tabindex="-1">${icon('done')}<span>${w(done.key, done.values)}</span></p>` : nothing}</div>
    <div role="alert">${error ? html`<div class="callout callout-warning" id="calendar-error" tabindex="-1"><p>${icon('warning')}<span>${w(error.key, error.values)}</span></p></div>` : nothing}</div>`;
}

/**
 * What is kept of an address. A colleague's user name and password go to no other one, whoever changes it.
 * @param {Frame} frame
 * @param {{host: string | null, agent: {id: number} | null}} one
 */
export function addressKept({ w, me }, { host, agent }) {
  const words = agent && agent.id !== me?.agent.id ? 'cal_url_kept_colleague' : 'cal_url_kept';
  return w(words, { host: host ?? '' });
}

/** As much as the server takes: what is longer is cut without a word. */
const LONGEST = /** @type {const} */ ({ name: 80, url: 2048, user: 500, password: 500, mail: 254 });

/**
 * One labelled input. What is typed stays in it, whatever is drawn meanwhile: its first value is all that is ever set.
 * @param {Frame} frame
 * @param {{name: keyof typeof LONGEST, label: string, type?: string, value?: string, hint?: string, autocomplete?: string, mode?: 'url' | 'email'}} about
 */
export function input({ w, page }, { name, label, type = 'text', value = '', hint, autocomplete = 'off', mode }) {
  const error = page.errors[name];
  const described = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ');
  return html`<div class="field" ?data-error=${Boolean(error)}>
    <label for="calendar-${name}">${label}</label>
    ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
    ${fieldError(error ? w(error) : null, `${name}-error`)}
    <input id="calendar-${name}" name=${name} type=${type} value=${value} maxlength=${LONGEST[name]} inputmode=${mode ?? nothing} spellcheck="false"
      autocapitalize="none" autocomplete=${autocomplete} aria-invalid=${error ? 'true' : nothing} aria-describedby=${described || nothing}></div>`;
}

/**
 * Whose it is: only a chief is asked.
 * @param {Frame} frame
 * @param {string} label
 */
export function whose({ me, w, colleagues }, label) {
  if (colleagues.length === 0) return nothing;
  return html`<div class="field"><label for="calendar-agent">${label}</label>
    <select id="calendar-agent" name="agent"><option value=${me?.agent.id ?? ''}>${w('cal_me', { name: me?.agent.name ?? '' })}</option>
      ${colleagues.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></div>`;
}

/**
 * The question before revoking, with all that goes.
 * @param {Frame} frame
 * @param {{name: string, text: string, revoke: () => void}} about
 */
export function revoking({ w, page, does }, { name, text, revoke }) {
  if (!page.asking) return html`<button class="button button-danger" type="button" data-asks @click=${() => does.ask(true)}>${icon('bin')}${w('cal_revoke')}</button>`;
  return asked({ w, does }, { title: w('cal_revoke_title', { name }), text, verb: w('cal_revoke'), busy: page.busy === 'revoke', go: revoke });
}

/**
 * A question before what cannot be taken back; it takes the focus.
 * @param {Pick<Frame, 'w' | 'does'>} frame
 * @param {{title: string, text: string, verb: string, busy: boolean, go: () => void}} about
 */
export function asked({ w, does }, { title, text, verb, busy, go }) {
  return html`<div class="callout callout-warning calendar-asking" role="alert"><h2 id="asking-title" tabindex="-1">${icon('warning')}<span>${title}</span></h2>
    <p>${text}</p>
    <div class="buttons">
      <button class="button button-secondary" type="button" @click=${() => does.ask(false)}>${w('cal_cancel')}</button>
      <button class="button button-danger" type="button" aria-disabled=${String(busy)} @click=${go}>${verb}</button>
    </div></div>`;
}
