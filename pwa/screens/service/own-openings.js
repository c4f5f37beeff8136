import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { mayWithdraw, overAt } from '../../sync/effects/openings.js';
import { icon } from '../../ui/icon.js';
import { withdrawLink } from '../openings/withdraw-link.js';
import { decision } from './decision.js';
import { datesLink, openingRow, sorted } from './opening-row.js';

/**
 * The openings that one proposed or receives in, whatever became of them.
 * @param {import('./frame.js').Frame} frame
 */
export function ownOpenings(frame) {
  const { state, view, agent, t } = frame;
  const items = sorted(view.openings.values(), (item) =>
    (item.proposed_by.id === agent.id || item.agent?.id === agent.id) && overAt(item) > state.now);
  return html`<section class="block" aria-labelledby="openings-title">
    <h2 id="openings-title" tabindex="-1">${t('openings')} ${items.length ? html`<b class="count">${items.length}</b>` : nothing}</h2>
    ${items.length ? html`<ul class="rows">${repeat(items, ({ id }) => id, (item) => openingRow(frame, item,
      mayWithdraw(item, agent) ? (item.state === 'approved' ? withdrawLink(frame, item) : decision(frame, item, ['opening.withdraw'], '#openings-title', datesLink(frame, item))) : item.state === 'approved' ? html`<div class="buttons">${datesLink(frame, item)}</div>` : nothing))}</ul>` : html`<p class="quiet">${t('openings_none')}</p>`}
    <div class="buttons"><a class="button button-secondary" href=${address('opening')}>${icon('add')}${t('opening_propose')}</a></div>
  </section>`;
}
