import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { revoking, told } from './frame.js';
import { editAgendaAt } from './places.js';
import { absent, back } from './planning.js';
import { exportStanding } from './standing.js';
import { exportWhy } from './words.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('./shapes').Export} Export
 */

/**
 * One agenda that appointments are sent to.
 * @param {Frame} frame
 * @param {string} id
 */
export function agenda(frame, id) {
  const { w, format } = frame;
  const one = frame.seen.exports?.find((known) => known.id === id);
  if (!one) return absent(frame);
  return html`${back(w('cal_title'))}
    <h1 id="page-title" tabindex="-1">${one.name}</h1>
    <p class="quiet">${one.agent.name} · ${w(`cal_export_${one.kind}`)}</p>
    ${told(frame)}
    <div class="calendar-standing">${exportStanding(frame, one)}</div>
    ${problem(frame, one)}
    ${refused(frame, one)}
    ${one.state === 'ending' ? nothing : actions(frame, one)}
    <section class="block" aria-labelledby="health-title"><h2 id="health-title">${w('cal_health')}</h2><dl class="facts-list calendar-facts">
      ${one.host ? html`<div><dt>${w('cal_export_where')}</dt><dd>${one.host}</dd></div>` : nothing}
      ${one.terminal ? html`<div><dt>${w('cal_export_terminal')}</dt><dd>${one.terminal.name}</dd></div>` : nothing}
      <div><dt>${w('cal_export_last')}</dt><dd>${one.succeeded_at ? w('cal_when_age', { when: format.moment(one.succeeded_at), age: format.age(one.succeeded_at) }) : w('cal_never')}</dd></div>
      ${one.kind === 'feed' ? nothing : html`<div><dt>${w('cal_export_holds')}</dt><dd>${one.holds}</dd></div>`}
    </dl></section>
    ${one.state === 'ending' ? nothing : html`<div class="block">${revoking(frame, { name: one.name, text: w(`cal_revoke_${one.kind}`), revoke: () => frame.does.exports.revoke(one) })}</div>`}`;
}

/**
 * Why nothing arrives: what failed last, or why it has stopped by itself.
 * @param {Frame} frame
 * @param {Export} one
 */
function problem({ w, format }, { kind, failure, pause_cause }) {
  const stopped = stoppedItself({ pause_cause });
  if (!failure && !stopped) return nothing;
  const code = stopped ? pause_cause ?? '' : failure?.code ?? '';
  // Nothing has failed where nobody was.
  const unvisited = code === 'unvisited';
  return html`<div class="callout callout-warning" data-code=${code}><h2>${icon('warning')}<span>${w(stopped ? 'cal_export_stopped' : unvisited ? 'cal_export_unvisited' : 'cal_export_problem')}</span></h2>
    <p>${exportWhy(w, kind, code)}</p>
    ${failure && !unvisited ? html`<p class="quiet">${failure.in_a_row > 1 ? w('cal_failed_times', { n: failure.in_a_row, when: format.on(failure.at) }) : w('cal_failed_once', { when: format.on(failure.at) })}</p>` : nothing}</div>`;
}

/**
 * The invitations of which a mailbox wanted nothing; where it takes none at all, `problem` says so.
 * @param {Frame} frame
 * @param {Export} one
 */
function refused({ w }, { refused: count, state }) {
  if (!count || state === 'ending') return nothing;
  return html`<div class="callout callout-warning"><h2>${icon('warning')}<span>${w('cal_mail_part')}</span></h2>
    <p>${w('cal_mail_refused_others')}</p><p>${w('cal_mail_refused_todo')}</p></div>`;
}

/** Nothing more is tried until somebody has done something about it. @param {Pick<Export, 'pause_cause'>} one */
function stoppedItself({ pause_cause }) {
  return Boolean(pause_cause) && pause_cause !== 'person';
}

/** @param {Frame} frame @param {Export} one */
function actions({ w, page, does }, one) {
  const paused = one.state === 'paused';
  // Whoever tries the same again fares the same: what is wrong is mended first.
  const mend = stoppedItself(one);
  const running = page.busy === 'run';
  return html`<div class="buttons calendar-actions">
    ${paused || one.kind === 'feed' ? nothing : html`<button class="button button-primary" type="button" aria-disabled=${String(running)} @click=${() => does.exports.run(one)}>${icon('refresh')}${w(running ? 'cal_export_running' : 'cal_export_run_do')}</button>`}
    ${mend ? edit(w, one, 'primary') : nothing}
    ${paused
      ? html`<button class="button ${mend ? 'button-secondary' : 'button-primary'}" type="button" aria-disabled=${String(page.busy === 'pause')} @click=${() => does.exports.resume(one)}>${icon('play')}${w('cal_resume')}</button>`
      : html`<button class="button button-secondary" type="button" aria-disabled=${String(page.busy === 'pause')} @click=${() => does.exports.pause(one)}>${icon('pause')}${w('cal_pause')}</button>`}
    ${mend ? nothing : edit(w, one, 'secondary')}</div>`;
}

/** @param {Frame['w']} w @param {Export} one @param {'primary' | 'secondary'} look */
function edit(w, { id }, look) {
  return html`<a class="button button-${look}" href=${editAgendaAt(id)}>${icon('note')}${w('cal_edit')}</a>`;
}
