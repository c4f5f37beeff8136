// What the unit's plannings mean on a terminal: who says so, and which of them are not heard any more.

import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { agendaFamily, concernsOne, planningFamily } from './causes.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('../../types').PlanningDoc} PlanningDoc
 * @typedef {import('../../types').StoppedAgenda & {agent: import('../../types').AgentDoc}} Stopped
 */

/**
 * Since when nothing is heard of it for longer than may be, or null. One that somebody has paused falls silent too.
 * @template {string | null} S
 * @param {{state: PlanningDoc['state'], since: S, silent_since?: string | null}} one
 * @returns {S | string | null}
 */
export function silentSince({ state, since, silent_since = null }) {
  return state === 'silent' ? since : state === 'paused' ? silent_since : null;
}

/**
 * Those that the chief has to look after: silent ones, then those that fail and are not silent yet. One that somebody has
 * paused is nobody's surprise, until it has been silent for too long.
 * @param {import('../../types').View} view
 * @returns {PlanningDoc[]} the longest first
 */
export function troubled(view) {
  const at = (/** @type {PlanningDoc} */ one) => Date.parse(silentSince(one) ?? one.since);
  const found = [...view.plannings.values()].filter((one) => one.state === 'failing' || silentSince(one));
  return found.sort((one, other) => Number(one.state === 'failing') - Number(other.state === 'failing') || at(one) - at(other));
}

/**
 * The agendas that appointments do not reach any more, until somebody has done something about it.
 * @param {import('../../types').View} view
 * @returns {Stopped[]} the longest first
 */
export function stoppedAgendas(view) {
  return [...view.agents.values()].flatMap((agent) => (agent.stopped_agendas ?? []).map((one) => ({ ...one, agent })))
    .sort((one, other) => Date.parse(one.since) - Date.parse(other.since));
}

/**
 * At the desk: which one, since when, what follows, and the way to it.
 * @param {Frame} frame
 */
export function silentPlannings(frame) {
  const { view, t } = frame;
  const [items, stopped] = [troubled(view), stoppedAgendas(view)];
  if (items.length + stopped.length === 0) return nothing;
  return html`<section class="block" aria-labelledby="plannings-title">
    <h2 id="plannings-title" tabindex="-1">${t('plan_troubled')} <b class="count">${items.length + stopped.length}</b></h2>
    <ul class="rows">${repeat(items, ({ id }) => id, (item) => row(frame, item))}${repeat(stopped, ({ id }) => id, (one) => stoppedRow(frame, one))}</ul>
  </section>`;
}

/** @param {Frame} frame @param {Stopped} one */
function stoppedRow({ t, format }, one) {
  const { id, agent, since } = one;
  return html`<li class="row" data-agenda=${id}>
    <p class="row-title">${t('stopped_of', { name: agent.name })}</p>
    <p class="row-marks"><span class="mark" data-look="near">${icon('warning')}${t(concernsOne(one) ? 'stopped_one_since' : 'stopped_since', { when: format.moment(since) })}</span></p>
    <p>${t(`stopped_${agendaFamily(one)}`)} ${t(concernsOne(one) ? 'stopped_one_means' : 'stopped_means')}</p>
    <div class="buttons"><a class="button button-secondary" href=${agendaAddress(id)}>${icon('settings')}${t('stopped_see')}<span class="visually-hidden">, ${agent.name}</span></a></div>
  </li>`;
}

/**
 * To a gendarme: that their own agenda says nothing new any more.
 * @param {Frame} frame
 */
export function ownStopped({ view, agent, t, format }) {
  return stoppedAgendas(view).filter((one) => one.agent.id === agent.id).map((one) => {
    const title = t(concernsOne(one) ? 'stopped_own_one' : 'stopped_own');
    return html`<section class="callout callout-warning stopped" aria-label=${title}>
    <p>${icon('warning')}<span><b>${title}</b> ${t(`stopped_${agendaFamily(one)}`)} ${t('stopped_own_since', { when: format.moment(one.since) })}</span></p>
    <div class="buttons"><a class="button button-secondary" href=${agendaAddress(one.id)}>${icon('settings')}${t('stopped_see')}</a></div></section>`;
  });
}

/** @param {string} id */
function agendaAddress(id) {
  return address('settings', `calendriers/agenda/${id}`);
}

/** @param {Frame} frame @param {PlanningDoc} item */
function row({ t, format }, item) {
  const silent = silentSince(item);
  const paused = item.state === 'paused';
  const words = paused ? 'plan_paused' : silent ? 'plan_silent' : 'plan_failing';
  return html`<li class="row" data-planning=${item.id}>
    <p class="row-title">${item.name}${item.agent?.name ? html` · ${item.agent.name}` : nothing}</p>
    <p class="row-marks"><span class="mark" data-look=${silent ? 'late' : 'near'}>${icon(silent ? 'wifi-off' : 'warning')}${t(words, { when: format.moment(silent ?? item.since) })}</span></p>
    <p>${item.failure && !paused ? t(`plan_cause_${planningFamily(item.failure)}`) : nothing} ${t(silent ? 'plan_silent_means' : 'plan_failing_means')}</p>
    <div class="buttons"><a class="button button-secondary" href=${sourceAddress(item.id)}>${icon('settings')}${t('plan_see')}<span class="visually-hidden">, ${item.name}</span></a></div>
  </li>`;
}

/** @param {string} id */
export function sourceAddress(id) {
  return address('settings', `calendriers/planning/${id}`);
}

/**
 * « D’après le planning « Feuille du jour » »; what an older version held has no name.
 * @param {{t: import('../../ui/translate.js').Translate}} context
 * @param {{planning?: {name: string} | null}} item
 */
export function planningWords({ t }, { planning }) {
  return planning ? t('plan_by', { name: planning.name }) : t('by_planning');
}

/**
 * The way to a source, for those who may see it: the chief, and whose calendar it is.
 * @param {Frame} frame
 * @param {{planning?: {id: string, name: string} | null, agent: {id: number}}} item
 */
export function sourceLink({ view, agent, chief, t }, { planning }) {
  if (!planning) return nothing;
  const own = view.plannings.get(planning.id)?.agent?.id === agent.id;
  if (!chief && !own) return html`<p class="quiet">${t('plan_elsewhere')}</p>`;
  return html`<a class="button button-plain row-button" href=${sourceAddress(planning.id)}>${icon('calendar')}${t('plan_source')}<span class="visually-hidden">, ${planning.name}</span></a>`;
}

/**
 * Who says a service position: the table, where the unit has only one that is alive.
 * @param {Frame} frame
 */
export function tableWords({ view, t }) {
  const tables = [...view.plannings.values()].filter(({ kind }) => kind === 'positions_daily' || kind === 'positions_forecast');
  return tables.length === 1 ? t('plan_by', { name: tables[0].name }) : t('by_planning');
}
