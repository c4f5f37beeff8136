import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { news, staleness } from '../inbox.js';
import { intervention } from '../agenda/intervention.js';
import { absences } from './absences.js';
import { backTo } from './frame.js';
import { ownOpenings } from './own-openings.js';
import { position } from './position.js';

/**
 * One's own time, or that of somebody of the brigade: what holds now, absences, proposed openings.
 * @param {import('./frame.js').Frame} frame
 */
export function duty(frame) {
  const { state, view, agent, chief, t } = frame;
  const { id } = state.route;
  const about = id === null ? agent : view.agents.get(Number(id));
  const mine = about?.id === agent.id;
  if (!about || (!mine && !chief)) {
    return html`${backTo(address('brigade'), t('brigade'))}<h1 id="page-title" tabindex="-1">${t('nobody_title')}</h1><p>${t('nobody_text')}</p>`;
  }
  return html`
    ${id === null ? nothing : backTo(address('brigade'), t('brigade'))}
    <header class="service-head"><h1 id="page-title" tabindex="-1">${id === null ? t('tab_duty') : about.name}</h1>
      ${id === null ? html`<a class="button button-plain" href=${address('brigade')}>${icon('team')}${t('brigade')}</a>` : nothing}</header>
    ${id === null ? news(frame) : nothing}
    ${staleness(frame)}
    <div class="service-columns">
      <div>${position(frame, about)}${mine ? intervention(frame) : nothing}</div>
      <div>${absences(frame, about)}${id === null ? ownOpenings(frame) : nothing}</div>
    </div>`;
}
