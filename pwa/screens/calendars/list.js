import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { feed } from './feed.js';
import { told } from './frame.js';
import { agendaAt, NEW_AGENDA, NEW_PLANNING, planningAt } from './places.js';
import { shown } from './shown.js';
import { exportStanding, mostUrgentFirst, rowOf, sourceStanding } from './standing.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('./standing.js').SourceRow & {id: string, name: string}} Row
 */

/**
 * What comes in and what goes out, each with how it is doing.
 * @param {Frame} frame
 */
export function list(frame) {
  const { t, w, chief, seen } = frame;
  // Without an answer there is nothing to be done from here.
  const reached = Boolean(seen.plannings);
  return html`<a class="back" href=${address('settings')}>${icon('back')}<span>${t('settings')}</span></a>
    <h1 id="page-title" tabindex="-1">${w('cal_title')}</h1>
    <p class="quiet">${w('cal_intro')}</p>
    ${told(frame)}
    <div role="status">${network(frame)}</div>
    <div class="calendar-columns">
      <section class="block" aria-labelledby="calendar-in"><h2 id="calendar-in">${icon('import')}<span>${w('cal_in')}</span></h2>
        <p class="quiet">${w('cal_in_text')}</p>
        ${reached ? html`<a class="button ${chief ? 'button-primary' : 'button-secondary'} button-wide" href=${NEW_PLANNING}>${icon('add')}${w('cal_new_planning')}</a>` : nothing}
        ${plannings(frame)}
      </section>
      <section class="block" aria-labelledby="calendar-out"><h2 id="calendar-out">${icon('export')}<span>${w('cal_out')}</span></h2>
        <p class="quiet">${w('cal_out_text')}</p>
        ${reached ? html`<a class="button button-secondary button-wide" href=${NEW_AGENDA}>${icon('add')}${w('cal_new_agenda')}</a>` : nothing}
        ${exports(frame)}
        ${reached ? feed(frame) : nothing}
        ${shown(frame)}
      </section>
    </div>`;
}

/**
 * Why there is nothing newer. It is read out, hence no time in it that changes by itself.
 * @param {Frame} frame
 */
function network(frame) {
  const { w, seen, does } = frame;
  if (seen.status !== 'offline' && seen.status !== 'error') return nothing;
  const what = seen.status === 'offline' ? 'cal_offline' : 'cal_load_error';
  return html`<div class="callout callout-warning"><p>${icon(seen.status === 'offline' ? 'wifi-off' : 'warning')}<span>${w(seen.plannings ? `${what}_list` : held(frame).length ? `${what}_held` : what)}</span></p>
    <div class="buttons"><button class="button button-secondary" type="button" @click=${does.retry}>${w('cal_retry')}</button></div></div>`;
}

/** @param {Frame} frame */
function plannings(frame) {
  const { w, seen } = frame;
  const rows = mostUrgentFirst(seen.plannings?.map(rowOf) ?? held(frame));
  if (rows.length === 0) return seen.plannings ? html`<p class="group-empty">${w('cal_in_none')}</p>` : waiting(frame);
  return html`<ul class="rows">${repeat(rows, ({ id }) => id, (row) => html`<li class="row"><a class="calendar-row" href=${planningAt(row.id)}>
    <span class="row-title">${row.name}</span>
    <span class="quiet">${row.agent?.name ?? w('cal_whole_unit')} · ${w(`cal_kind_${row.kind}`)}</span>
    ${sourceStanding(frame, row)}</a></li>`)}</ul>`;
}

/**
 * What this terminal holds of them, while the server has not answered.
 * @param {Frame} frame
 * @returns {Row[]}
 */
function held({ state }) {
  return state.held.docs.filter(({ k }) => k.startsWith('planning/')).map(({ body }) => {
    const row = /** @type {Row} */ (/** @type {unknown} */ (body));
    return { ...row, succeeded_at: null };
  });
}

/** @param {Frame} frame */
function exports(frame) {
  const { w, seen } = frame;
  if (!seen.exports) return waiting(frame);
  if (seen.exports.length === 0) return html`<p class="group-empty">${w('cal_out_none')}</p>`;
  return html`<ul class="rows">${repeat(seen.exports, ({ id }) => id, (one) => html`<li class="row"><a class="calendar-row" href=${agendaAt(one.id)}>
    <span class="row-title">${one.name}</span>
    <span class="quiet">${one.agent.name} · ${one.terminal?.name ?? w(`cal_export_${one.kind}`)}</span>
    ${exportStanding(frame, one)}</a></li>`)}</ul>`;
}

/** @param {Frame} frame */
function waiting({ w, seen }) {
  return seen.status === 'loading' ? html`<p class="quiet-start">${w('cal_loading')}</p>` : html`<p class="group-empty">${w('cal_not_here')}</p>`;
}
