import { html, nothing } from 'lit-html';
import { columnMap } from './columns.js';
import { addressKept, input, told, whose } from './frame.js';
import { lasting } from './health.js';
import { planningAt } from './places.js';
import { absent, back } from './planning.js';
import { isTable } from './read-form.js';
import { trialPart } from './trial-shown.js';
import { fieldError } from '../../ui/field-error.js';
import { icon } from '../../ui/icon.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('./shapes').Planning} Planning
 * @typedef {import('./shapes').SourceKind} SourceKind
 */

const KINDS = /** @type {const} */ (['ical', 'caldav', 'positions_daily', 'positions_forecast']);
const POLL = [5, 15, 30, 60, 240, 1440];
const SILENT = [60, 240, 720, 1440, 2880, 10080, 40320];
/** Of a limit in minutes: the server's own. */
const AS_USUAL = 0;
/** A forecast that is handed in comes once in four weeks; what is asked by the clock is missed within a day. The server knows which. */
const USUALLY = { ical: [15, 1440], caldav: [15, 1440], positions_daily: [15, 1440], positions_forecast: [240, AS_USUAL] };

/**
 * Add a planning: what kind, whose, where, how it is read; tried before it is kept.
 * @param {Frame} frame
 */
export function newForm(frame) {
  const { w, page, chief, does } = frame;
  const kind = /** @type {SourceKind} */ (page.kind ?? 'ical');
  const kinds = chief ? KINDS : KINDS.filter((one) => !isTable(one));
  return html`${back(w('cal_title'))}
    <h1 id="page-title" tabindex="-1">${w('cal_new_planning')}</h1>
    <form class="form" novalidate autocomplete="off" @input=${does.touched} @submit=${(/** @type {SubmitEvent} */ event) => does.sources.add(event, kind)}>
      <fieldset class="choices"><legend>${w('cal_kind')}</legend>${kinds.map((one) => html`<label class="choice">
        <input type="radio" name="kind" value=${one} .checked=${one === kind} @change=${() => does.sources.choose(one)}>
        <span>${w(`cal_kind_${one}`)}<br><span class="quiet">${w(`cal_kind_${one}_hint`)}</span></span></label>`)}</fieldset>
      ${input(frame, { name: 'name', label: w('cal_name'), hint: w('cal_name_hint') })}
      ${isTable(kind) ? nothing : whose(frame, w('cal_whose'))}
      ${fields(frame, kind, null)}
      ${submit(frame, 'add', mayAdd(frame, kind))}
      ${told(frame)}
    </form>`;
}

/**
 * Change a planning. What is secret is not shown, and stays as it is where nothing is typed.
 * @param {Frame} frame
 * @param {string} id
 */
export function editForm(frame, id) {
  const { w, does } = frame;
  const one = frame.seen.plannings?.find((known) => known.id === id);
  if (!one) return absent(frame);
  return html`<a class="back" href=${planningAt(id)}>${icon('back')}<span>${one.name}</span></a>
    <h1 id="page-title" tabindex="-1">${w('cal_edit_title', { name: one.name })}</h1>
    <form class="form" novalidate autocomplete="off" @input=${does.touched} @submit=${(/** @type {SubmitEvent} */ event) => does.sources.edit(event, one)}>
      ${input(frame, { name: 'name', label: w('cal_name'), value: one.name })}
      ${fields(frame, one.kind, one)}
      ${submit(frame, 'edit', true)}
      ${told(frame)}
    </form>`;
}

/** Whether adding is the next thing to do, and not trying. @param {Frame} frame @param {SourceKind} kind */
function mayAdd({ page }, kind) {
  return page.trial ? page.trial.state === 'succeeded' : isTable(kind);
}

/** @param {Frame} frame @param {SourceKind} kind @param {Planning | null} one */
function fields(frame, kind, one) {
  const { w, does } = frame;
  const table = isTable(kind);
  return html`
    ${input(frame, { name: 'url', label: table ? `${w('cal_url')} (${w('cal_optional')})` : w('cal_url'), type: 'url', mode: 'url', hint: one?.host ? addressKept(frame, one) : w(table ? 'cal_url_table_hint' : 'cal_url_hint') })}
    <div class="field-pair">
      ${input(frame, { name: 'user', label: `${w('cal_user')} (${w('cal_optional')})` })}
      ${input(frame, { name: 'password', label: `${w('cal_password')} (${w('cal_optional')})`, type: 'password', autocomplete: 'new-password' })}
    </div>
    ${one?.host ? html`<p class="hint">${w('cal_password_kept')}</p>` : html`<p class="hint">${w('cal_user_hint')}</p>`}
    ${table ? nothing : html`<label class="choice"><input type="checkbox" name="tentative_counts" ?checked=${one?.tentative_counts ?? true}><span>${w('cal_tentative')}</span></label>`}
    ${trialPart(frame, { hint: w('cal_test_hint'), first: !one && !mayAdd(frame, kind), test: (form) => void does.sources.test(form, kind, one) })}
    ${table ? columnMap(frame, one) : nothing}
    ${limits(frame, kind, one)}`;
}

/** @param {Frame} frame @param {SourceKind} kind @param {Planning | null} one */
function limits({ w, page }, kind, one) {
  const [poll, silent] = one ? [one.poll_minutes, one.silent_after_minutes] : USUALLY[kind];
  const choice = (/** @type {string} */ name, /** @type {string} */ label, /** @type {number[]} */ values, /** @type {number} */ current) => html`<div class="field" ?data-error=${Boolean(page.errors[name])}><label for="calendar-${name}">${label}</label>
    ${fieldError(page.errors[name] ? w(page.errors[name]) : null, `${name}-error`)}
    <select id="calendar-${name}" name=${name} aria-describedby=${page.errors[name] ? `${name}-error` : 'limits-hint'}>${[...new Set([...values, current])].sort((a, b) => a - b).map((minutes) => html`<option value=${minutes} ?selected=${minutes === current}>${minutes === AS_USUAL ? w('cal_silent_usual') : lasting(w, minutes)}</option>`)}</select></div>`;
  return html`<fieldset class="calendar-limits"><legend>${w('cal_limits')}</legend><p class="hint" id="limits-hint">${w('cal_silent_hint')}</p>
    <div class="field-pair">${choice('poll_minutes', w('cal_poll_minutes'), POLL, poll)}${choice('silent_after_minutes', w('cal_silent_after'), SILENT, silent)}</div></fieldset>`;
}

/** @param {Frame} frame @param {'add' | 'edit'} what @param {boolean} first whether it is the next thing to do */
function submit({ w, page }, what, first) {
  const busy = page.busy === what;
  const words = what === 'add' ? w(busy ? 'cal_adding' : 'cal_add') : w(busy ? 'cal_keeping' : 'cal_keep');
  return html`<button class="button ${first ? 'button-primary' : 'button-secondary'} button-wide" type="submit" aria-disabled=${String(busy)}>${words}</button>`;
}
