import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { formatter } from '../../ui/format.js';
import { icon } from '../../ui/icon.js';
import { keyOr } from '../../ui/translate.js';

/**
 * @typedef {import('../../ui/context.js').Context} Context
 * @typedef {import('../../ui/format.js').Format} Format
 * @typedef {import('./actions.js').LateWait} LateWait
 * @typedef {import('./actions.js').LateCall} LateCall
 */

const ICONS = { queued: 'clock', sent: 'upload', failed: 'close', delivered: 'check', seen: 'done' };
const STEPS = /** @type {const} */ ([0, 1, 2, 3, 4]);

/**
 * One wait: what, since when, how far it has climbed; below, whom each step called and what became of it. Times are the
 * unit's own.
 * @param {Context} context
 * @param {LateWait} wait
 * @param {boolean} everywhere it stands among those of other units
 */
export function lateWait(context, wait, everywhere) {
  const { state, t } = context;
  const format = formatter(state.language, wait.unit.time_zone, state.now);
  const late = !wait.ended_at && wait.step >= 3;
  return html`<li class="row" data-step=${wait.step}><details class="late-wait">
    <summary><span class="late-text">
      <span class="row-title">${everywhere ? wait.unit.name : reasonOf(context, wait)}</span>
      <span class="quiet">${t(`late_subject_${wait.subject}`)} · <span class="late-reference">${wait.reference}</span></span>
      <span class="mark ${late ? 'mark-late' : ''}">${icon(late ? 'alarm' : wait.ended_at ? 'done' : 'time')}<span>${wait.ended_at ? howWords(t, format, wait) : t(`late_reached_${wait.step}`)}</span></span>
      <span class="quiet">${t('late_waits_since', { when: format.moment(wait.begun_at), age: format.age(wait.begun_at) })}</span>
    </span></summary>
    ${wait.ended_at ? nothing : html`<p>${nextWords(context, format, wait)}</p>`}
    ${calls(context, format, wait)}
    ${open(context, wait)}
  </details></li>`;
}

/** @param {Context} context @param {LateWait} wait */
function reasonOf({ view, state, t }, { reason, subject }) {
  const known = view.reasons.find(({ code }) => code === reason);
  return known ? known[state.language] || known.fr : t(`late_subject_${subject}`);
}

/** @param {Context['t']} t @param {Format} format @param {LateWait} wait */
function howWords(t, format, { how, taken_by, ended_at }) {
  const when = format.on(ended_at ?? '');
  if (how === 'taken') return taken_by ? t('late_how_taken', { name: taken_by, when }) : t('late_how_taken_nobody', { when });
  return t(keyOr(`late_how_${how}`, 'late_how_otherwise'), { when });
}

/** @param {Context} context @param {Format} format @param {LateWait} wait */
function nextWords({ t, state }, format, { next_step, next_at }) {
  if (!next_step || !next_at) return t('late_last');
  const step = t(`late_next_${next_step}`);
  return Date.parse(next_at) <= state.now ? t('late_next_now', { step }) : t('late_next', { step, when: format.on(next_at) });
}

/** @param {Context} context @param {Format} format @param {LateWait} wait */
function calls({ t }, format, { id, calls: all, seen_by }) {
  return html`<h3 id="calls-${id}">${t('late_calls')}</h3>
    ${seen_by.map(({ name, at }) => html`<p class="late-seen">${icon('done')}<span>${t('late_seen_by', { name, when: format.on(at) })}</span></p>`)}
    <ol class="late-steps" aria-labelledby="calls-${id}">${STEPS.filter((step) => all.some((one) => one.step === step)).map((step) => html`<li>
      <p class="late-step">${t(`late_rung_${step}`)}</p>
      <ul>${all.filter((one) => one.step === step).map((one) => html`<li class="late-call" data-state=${one.state}>
        ${icon(ICONS[one.state])}<span><b>${one.name ?? t(`late_who_${one.who}`)}</b>, ${t(`late_over_${one.channel}`)}${one.quiet ? html`, ${t('late_quiet')}` : nothing}<br>
        <span class="late-state">${stateWords(t, format, one)}</span></span></li>`)}</ul>
    </li>`)}</ol>`;
}

/** @param {Context['t']} t @param {Format} format @param {LateCall} call */
export function stateWords(t, format, { state, cause, retry_at, sent_at, delivered_at, seen_at, queued_at }) {
  const because = cause ? t(keyOr(`late_cause_${cause}`, 'late_cause_other'), { code: cause }) : '';
  const on = (/** @type {string | null} */ at) => ({ when: format.on(at ?? queued_at), cause: because });
  if (state === 'queued') return retry_at ? t('late_state_retry', on(retry_at)) : t('late_state_queued');
  if (state === 'seen') return t(cause === 'declined' ? 'late_state_declined' : 'late_state_seen', on(seen_at));
  return t(`late_state_${state}`, on(state === 'delivered' ? delivered_at : sent_at));
}

/**
 * The way to what waits, where this terminal holds it.
 * @param {Context} context
 * @param {LateWait} wait
 */
function open({ view, t }, { subject, subject_id, reference }) {
  const id = subject_id ?? '';
  const held = subject === 'request' ? view.requests.has(id) : view.appointments.has(id);
  if (!held) return nothing;
  return html`<a class="button button-secondary" href=${address(subject === 'request' ? 'request' : 'appointment', id)} aria-label="${t('late_open')} ${reference}">${t('late_open')}</a>`;
}
