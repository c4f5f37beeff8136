import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';
import { keyOr } from '../ui/translate.js';
import { periodFormat } from '../ui/period.js';
import { reasonOf } from '../ui/words.js';
import { zoneOf } from './service/read-forms.js';

/**
 * @typedef {import('../later.js').LaterContext} Context
 * @typedef {import('../types').Conflict} Conflict
 */

/**
 * What the server refused; each card stays until its reader has understood.
 * @param {Context} context
 */
export function conflicts(context) {
  const { state: { held }, t } = context;
  if (held.conflicts.length === 0) return nothing;
  return html`<section class="conflicts" aria-labelledby="conflicts-title">
    <h2 id="conflicts-title">${t('conflicts')} <b class="count">${held.conflicts.length}</b></h2>
    ${repeat(held.conflicts, ({ id }) => id, (conflict) => one(context, conflict))}
  </section>`;
}

/**
 * @param {Context} context
 * @param {Conflict} conflict
 */
function one(context, conflict) {
  const { state, view, t, format, acts } = context;
  const period = periodFormat(state.language, zoneOf(view), state.now);
  const { op, args, subject, reason, reference } = conflict;
  const about = reason ? `${reasonOf(context, { reason })}, ${reference}.` : subject ? `${[subject.agent?.name, period(subject)].filter(Boolean).join(', ')}.` : '';
  const to = seeLink(conflict, view);
  return html`<div class="notice notice-conflict" role="alert">
    <h3>${icon('warning')}<span>${t(keyOr(`conflict_${op.replace('.', '_')}`, 'conflict_any'))}</span></h3>
    <p>${about ? `${about} ` : ''}${why(context, conflict, period)}</p>
    ${theirWord(context, conflict)}
    ${args.text ? html`<p>${t('conflict_note_text', { text: args.text })}</p>` : nothing}
    ${op === 'duty.set' && args.status ? html`<p>${t(`duty_${args.status}`)}${args.until ? ` ${t('duty_until', { when: format.moment(args.until) })}` : ''}</p>` : nothing}
    <p class="quiet">${t('conflict_tapped', { when: format.on(conflict.tapped_at) })}</p>
    <div class="buttons">
      <button class="button button-secondary" type="button" @click=${() => acts.dismissConflict(conflict.id)}>${t('dismiss')}</button>
      ${to ? html`<a class="button button-plain" href=${to}>${t(seeWords(conflict, to))}</a>` : nothing}
    </div>
  </div>`;
}

/**
 * Where the link of a card leads, in words.
 * @param {Conflict} conflict
 * @param {string} to
 * @returns {import('../ui/translate.js').Key}
 */
function seeWords({ op, args, code }, to) {
  if (code === 'appointments_concerned') return 'see_appointments';
  if (op.startsWith('request.')) return 'see';
  if (args.appointment_id) return to === address('agenda') ? 'tab_agenda' : 'see_appointment';
  if (op === 'occurrence.change') return 'dates';
  return to === address('desk') ? 'tab_desk' : 'tab_duty';
}

/**
 * Who was first and when, or what was wrong, as a sentence; also for a code that is younger than this page.
 * @param {Context} context
 * @param {Conflict} conflict
 * @param {ReturnType<typeof periodFormat>} period
 */
function why({ t, format }, { code, by, at, state, error_id, other, fields }, period) {
  if (fields) return Object.values(fields).map((field) => t(keyOr(`invalid_${field}`, 'invalid_other'))).join(' ');
  const precise = keyOr(`why_${code}_${state}`, keyOr(`why_${code}`, 'why_other'));
  return t(precise, { name: by ?? t('somebody'), when: at ? format.on(at) : '', code, id: error_id ?? '', period: other ? period(other) : '' });
}

/**
 * What whoever decided first wrote beside it, or what the absence in the way is for.
 * @param {Context} context
 * @param {Conflict} conflict
 */
function theirWord({ view, t }, { code, args, other }) {
  const word = code === 'already_decided' ? view.openings.get(args.opening_id ?? '')?.word : other && view.absences.get(other.absence_id ?? '')?.word;
  return word ? html`<p>${t('quoted', { word })}</p>` : nothing;
}

/**
 * @param {Conflict} conflict
 * @param {Context['view']} view
 */
function seeLink({ op, args, code }, view) {
  const { appointment_id } = args;
  if (appointment_id) return view.appointments.has(appointment_id) ? address('appointment', appointment_id) : address('agenda');
  if (code === 'appointments_concerned') return address('opening', `${args.opening_id}/${op === 'opening.withdraw' ? 'retirer' : 'dates'}`);
  if (op === 'opening.approve' || op === 'opening.refuse' || op === 'opening.amend' || op === 'holiday.set') return address('desk');
  if (op === 'occurrence.change') return address('opening', `${args.opening_id}/dates`);
  if (!op.startsWith('request.')) return address('duty', op !== 'opening.propose' && args.agent_id ? String(args.agent_id) : null);
  const id = args.request_id ?? '';
  return view.requests.has(id) ? address('request', id) : '';
}
