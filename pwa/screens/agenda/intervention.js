import { html, nothing } from 'lit-html';
import { releasedBy } from '../../sync/effects/appointments.js';
import { current, currentHere } from '../../sync/duty.js';
import { icon } from '../../ui/icon.js';
import { addDays, instantOf, wallOf } from '../../ui/zone.js';

/** @typedef {import('./parts.js').Frame} Frame */

const HOUR = 3_600_000;
/** What is told beforehand: whatever the longest of the hourly choices would release. */
const TOLD_MS = 2 * HOUR;

/**
 * One tap withdraws the next hours: the position, the absence, and the appointments that colleagues may take.
 * @param {Frame} frame
 */
export function intervention(frame) {
  const { state, view, agent, t, format, does } = frame;
  const stretches = view.duty.get(agent.id)?.stretches ?? [];
  const running = [...view.absences.values()].find((one) => one.intervention && !one.cancelled && one.agent.id === agent.id
    && Date.parse(one.ends_at) > state.now && Date.parse(one.starts_at) <= state.now);
  const away = running && currentHere(stretches, state.now)?.status === 'on_intervention';
  return html`<section class="block intervention" aria-labelledby="intervention-title" ?data-away=${away}>
    <h2 id="intervention-title" tabindex="-1">${icon('alarm')}<span>${away ? t('intervention_running', { when: format.moment(running.ends_at) }) : t('intervention')}</span></h2>
    ${away ? html`<button class="button button-primary button-wide" type="button" aria-disabled=${String(state.forms.settling)} @click=${does.agenda.back}>${icon('undo')}${t('intervention_back')}</button>` : nothing}
    ${away ? nothing : html`<p class="hint">${releases(frame)}</p>`}
    <p id="intervention-until" class=${away ? '' : 'visually-hidden'}>${t('intervention_until')}</p>
    <div class="chips" role="group" aria-labelledby="intervention-title intervention-until">
      ${choices(frame, stretches).map(([label, until]) => html`<button class="chip" type="button" aria-disabled=${String(state.forms.settling)} @click=${() => does.agenda.leaveFor(until())}>${label}</button>`)}
    </div>
  </section>`;
}

/** @param {Frame} frame */
function releases({ state, view, agent, t, format }) {
  const now = new Date(state.now).toISOString();
  const items = releasedBy(view, agent.id, { starts_at: now, ends_at: new Date(state.now + TOLD_MS).toISOString() }, now);
  if (items.length === 0) return t('intervention_releases_none');
  return t(items.length === 1 ? 'intervention_releases_one' : 'intervention_releases_many', { times: items.map(({ starts_at }) => format.clock(starts_at)).join(', ') });
}

/**
 * @param {Frame} frame
 * @param {readonly import('../../types').Stretch[]} stretches
 * @returns {[string, () => string][]}
 */
function choices({ state, t, zone, format }, stretches) {
  const in_ = (/** @type {number} */ hours) => new Date(Date.now() + hours * HOUR).toISOString();
  const planned = current(stretches.filter(({ source }) => source === 'planning'), state.now)?.until;
  // The server allows a day; without a planning, service ends with the day.
  const soon = planned && Date.parse(planned) - state.now <= 24 * HOUR ? planned : null;
  const midnight = instantOf(addDays(wallOf(state.now, zone).day, 1), '00:00', zone);
  return [
    [t('intervention_30'), () => in_(0.5)],
    [t('intervention_1'), () => in_(1)],
    [t('intervention_2'), () => in_(2)],
    soon ? [t('intervention_end_at', { when: format.moment(soon) }), () => soon] : [t('intervention_end'), () => midnight],
  ];
}
