import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { addressKept, input, told, whose } from './frame.js';
import { agendaAt } from './places.js';
import { absent, back } from './planning.js';
import { trialPart } from './trial-shown.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {'caldav' | 'mail'} Kind
 */

/**
 * Add an agenda that appointments are sent to: written there, or by mail where it does not speak CalDAV.
 * @param {Frame} frame
 */
export function agendaForm(frame) {
  const { w, page, does } = frame;
  const kind = /** @type {Kind} */ (page.kind ?? 'caldav');
  const busy = page.busy === 'add';
  const ready = kind === 'mail' || page.trial?.state === 'succeeded';
  return html`${back(w('cal_title'))}
    <h1 id="page-title" tabindex="-1">${w('cal_new_agenda')}</h1>
    <form class="form" novalidate autocomplete="off" @input=${does.touched} @submit=${(/** @type {SubmitEvent} */ event) => does.exports.add(event, kind)}>
      <fieldset class="choices"><legend>${w('cal_agenda_kind')}</legend>${/** @type {const} */ (['caldav', 'mail']).map((one) => html`<label class="choice">
        <input type="radio" name="kind" value=${one} .checked=${one === kind} @change=${() => does.exports.choose(one)}>
        <span>${w(`cal_export_${one}`)}<br><span class="quiet">${w(`cal_export_${one}_hint`)}</span></span></label>`)}</fieldset>
      ${input(frame, { name: 'name', label: w('cal_name') })}
      ${whose(frame, w('cal_agenda_whose'))}
      ${kind === 'mail' ? input(frame, { name: 'mail', label: w('cal_mail'), type: 'email', mode: 'email', hint: w('cal_mail_hint') }) : html`
      ${input(frame, { name: 'url', label: w('cal_agenda_url'), type: 'url', mode: 'url', hint: w('cal_agenda_url_hint') })}
      <div class="field-pair">
        ${input(frame, { name: 'user', label: w('cal_user') })}
        ${input(frame, { name: 'password', label: w('cal_password'), type: 'password', autocomplete: 'new-password' })}
      </div>
      ${trialPart(frame, { hint: w('cal_agenda_test_hint'), first: !ready, test: (form) => void does.exports.test(form, null) })}`}
      ${ready ? nothing : html`<p class="hint" id="untested-hint">${w('cal_agenda_untested')}</p>`}
      <button class="button ${ready ? 'button-primary' : 'button-secondary'} button-wide" type="submit" aria-describedby=${ready ? nothing : 'untested-hint'} aria-disabled=${String(busy)}>${w(busy ? 'cal_adding' : 'cal_add')}</button>
      ${told(frame)}
    </form>`;
}

/**
 * Change an agenda: its name, and where it is and what opens it, entered anew. Nothing that is secret is shown, and it
 * stays as it is where nothing is typed.
 * @param {Frame} frame
 * @param {string} id
 */
export function editAgendaForm(frame, id) {
  const { w, page, does } = frame;
  const one = frame.seen.exports?.find((known) => known.id === id);
  if (!one || one.state === 'ending') return absent(frame);
  const busy = page.busy === 'edit';
  return html`<a class="back" href=${agendaAt(id)}>${icon('back')}<span>${one.name}</span></a>
    <h1 id="page-title" tabindex="-1">${w('cal_edit_title', { name: one.name })}</h1>
    <form class="form" novalidate autocomplete="off" @input=${does.touched} @submit=${(/** @type {SubmitEvent} */ event) => does.exports.edit(event, one)}>
      ${input(frame, { name: 'name', label: w('cal_name'), value: one.name })}
      ${one.kind === 'mail' ? input(frame, { name: 'mail', label: w('cal_mail'), type: 'email', mode: 'email', hint: `${w('cal_mail_kept', { host: one.host ?? '' })} ${w('cal_mail_moved')}` }) : nothing}
      ${one.kind === 'caldav' ? html`
      ${input(frame, { name: 'url', label: w('cal_agenda_url'), type: 'url', mode: 'url', hint: addressKept(frame, one) })}
      <div class="field-pair">
        ${input(frame, { name: 'user', label: w('cal_user') })}
        ${input(frame, { name: 'password', label: w('cal_password'), type: 'password', autocomplete: 'new-password' })}
      </div>
      <p class="hint">${w('cal_password_kept')} ${w('cal_agenda_moved')}</p>
      ${trialPart(frame, { hint: w('cal_agenda_retest_hint'), first: false, test: (form) => void does.exports.test(form, one) })}` : nothing}
      <button class="button button-primary button-wide" type="submit" aria-disabled=${String(busy)}>${w(busy ? 'cal_keeping' : 'cal_keep')}</button>
      ${told(frame)}
    </form>`;
}
