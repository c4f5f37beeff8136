import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { card } from '../card.js';
import { news, staleness } from '../inbox.js';
import { deskAppointments } from '../agenda/desk-rows.js';
import { overAt } from '../../sync/effects/openings.js';
import { proposals } from '../openings/proposals.js';
import { withdrawLink } from '../openings/withdraw-link.js';
import { silentPlannings, stoppedAgendas, troubled } from './plannings.js';
import { openingRow, sorted } from './opening-row.js';

/** @typedef {import('./frame.js').Frame} Frame */

/**
 * What waits for the chief, each decided on the spot, and what was decided.
 * @param {Frame} frame
 * @param {unknown} [late] the way to what climbs, once it is there
 */
export function desk(frame, late = nothing) {
  const { agent, chief, t } = frame;
  // A supervisor who serves in a unit decides nothing for it, and sees what climbs in all of them.
  if (!chief) {
    return html`<header class="service-head"><h1 id="page-title" tabindex="-1">${t('tab_desk')}</h1>${agent.roles.includes('supervisor') ? late : nothing}</header>
      <p>${t('desk_chief_only')}</p>`;
  }
  const approved = openings(frame, 'approved');
  const past = openings(frame, 'refused', 'withdrawn');
  return html`
    <header class="service-head"><h1 id="page-title" tabindex="-1">${t('tab_desk')}</h1>
      <a class="button button-plain" href=${address('week')}>${icon('calendar')}${t('week_see')}</a>${late}</header>
    ${news(frame)}
    ${staleness(frame)}
    <div class="service-columns">
      ${todo(frame)}
      <div>
        ${section(frame, 'approved', approved, (item) => withdrawLink(frame, item))}
        ${past.length ? html`<details class="past"><summary><span>${t('decided')} <b class="count">${past.length}</b></span></summary>
          <ul class="rows">${repeat(past, ({ id }) => id, (item) => openingRow(frame, item))}</ul></details>` : nothing}
      </div>
    </div>`;
}

/**
 * What waits for a decision: appointments, proposals, requests that nobody took in time, and plannings that are not
 * heard any more. Also beside the week.
 * @param {Frame} frame
 */
export function todo(frame) {
  const { state, view, t } = frame;
  const proposed = openings(frame, 'proposed');
  const late = [...view.requests.values()]
    .filter((item) => item.state === 'waiting' && Date.parse(item.due_at) <= state.now)
    .sort((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at));
  const waiting = deskAppointments(frame);
  return html`<div>
    ${proposed.length + late.length + waiting.count + troubled(view).length + stoppedAgendas(view).length === 0 ? html`<div class="empty"><p class="empty-title">${t('desk_empty')}</p><p>${t('desk_empty_text')}</p></div>` : nothing}
    ${waiting.rows}
    ${proposals(frame, proposed)}
    ${late.length ? html`<section class="block" aria-labelledby="late-title"><h2 id="late-title" tabindex="-1">${t('late_requests')} <b class="count">${late.length}</b></h2>
      <ul class="cards">${repeat(late, ({ id }) => id, (item) => html`<li>${card(frame, item)}</li>`)}</ul></section>` : nothing}
    ${silentPlannings(frame)}
  </div>`;
}

/**
 * Those to come, the earliest first.
 * @param {Frame} frame
 * @param {import('../../types').OpeningState[]} states
 */
function openings({ view, state }, ...states) {
  return sorted(view.openings.values(), (item) => states.includes(item.state) && overAt(item) > state.now);
}

/**
 * @param {Frame} frame
 * @param {'approved'} name
 * @param {import('../../types').OpeningItem[]} items
 * @param {(item: import('../../types').OpeningItem) => unknown} below
 */
function section(frame, name, items, below) {
  // The title stays while its rows go, because the focus comes back to it.
  return html`<section class="block" aria-labelledby="${name}-title">
    <h2 id="${name}-title" tabindex="-1">${frame.t(name)} ${items.length ? html`<b class="count">${items.length}</b>` : nothing}</h2>
    ${items.length
      ? html`<ul class="rows">${repeat(items, ({ id }) => id, (item) => openingRow(frame, item, below(item)))}</ul>`
      : html`<p class="quiet">${frame.t(`${name}_none`)}</p>`}
  </section>`;
}
