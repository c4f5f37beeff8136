import { html, nothing } from 'lit-html';
import { current, currentHere, endOf, hereAndNow } from '../../sync/duty.js';
import { icon } from '../../ui/icon.js';
import { addDays, instantOf, wallOf } from '../../ui/zone.js';
import { pending } from './frame.js';
import { tableWords } from './plannings.js';

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('../../types').Stretch} Stretch
 */

/** @type {readonly import('../../types').Status[]} */
export const STATUSES = ['available', 'first_to_go', 'on_intervention', 'reachable', 'off_duty'];
/** Whose requests wait for somebody else; the twin of `models.rules.duty.offered`. */
const NOT_OFFERED = new Set(['on_intervention', 'off_duty']);
const HOUR = 3_600_000;

/**
 * Five large choices, each done at once, and until when; below them what holds now, so that nothing moves under the
 * finger when its lines come and go.
 * @param {Frame} frame
 * @param {{id: number, name: string}} about
 */
export function position(frame, about) {
  const { state, view, agent, t, does } = frame;
  const item = view.duty.get(about.id);
  const held = currentHere(item?.stretches ?? [], state.now);
  const mine = about.id === agent.id;
  const offered = !held || !NOT_OFFERED.has(held.status);
  return html`<section class="block position" aria-labelledby="position-title">
    <h2 id="position-title">${t('position')}</h2>
    <div class="statuses" role="group" aria-label=${t('choose_status')}>
      ${STATUSES.map((status) => html`<button class="status-choice" type="button" data-status=${status}
        aria-pressed=${String(held?.status === status)} @click=${() => held?.status === status ? undefined : does.setDuty(about.id, status, null, 'notice')}>
        ${icon(`duty-${status}`)}<span>${t(`duty_${status}`)}</span>${held?.status === status ? icon('check') : nothing}</button>`)}
    </div>
    ${held ? chips(frame, about.id, item?.stretches ?? [], held) : nothing}
    <p class="position-now" data-status=${held?.status ?? 'unknown'}>${icon(`duty-${held?.status ?? 'unknown'}`)}<span>${statusLine(frame, held)} ${pending(frame, item)}</span></p>
    ${held ? source(frame, held, about) : nothing}
    ${next(frame, item?.stretches ?? [], held)}
    <p class="quiet">${t(mine ? (offered ? 'offered_yes' : 'offered_no') : offered ? 'offered_them_yes' : 'offered_them_no')}</p>
  </section>`;
}

/**
 * « En intervention jusqu’à 15 h 30 ».
 * @param {Frame} frame
 * @param {Stretch | null} held
 */
export function statusLine({ t, format }, held) {
  if (!held) return html`<b>${t('duty_unknown')}</b>`;
  return html`<b>${t(`duty_${held.status}`)}</b>${held.until ? html` ${t('duty_until', { when: format.moment(held.until) })}` : nothing}`;
}

/**
 * Who says so, where it is not the person themself.
 * @param {Frame} frame
 * @param {Stretch} held
 * @param {{id: number}} about
 */
function source(frame, held, about) {
  const { t } = frame;
  if (held.source === 'planning') return html`<p class="quiet">${tableWords(frame)}</p>`;
  if (!held.set_by || held.set_by.id === about.id) return nothing;
  return html`<p class="quiet">${t('by_person', { name: held.set_by.name ?? '' })}</p>`;
}

/**
 * What comes after: what held before, or what the planning has next.
 * @param {Frame} frame
 * @param {readonly Stretch[]} stretches
 * @param {Stretch | null} held
 */
function next({ state, t, format }, stretches, held) {
  const now = hereAndNow(stretches, state.now);
  const changes = stretches.flatMap(({ since, until }) => [Date.parse(since), until ? Date.parse(until) : 0]).filter((at) => at > now);
  for (const at of changes.sort((one, other) => one - other)) {
    const then = current(stretches, at);
    if (then === held) continue;
    return html`<p class="quiet">${t('then', { when: format.on(new Date(at).toISOString()), what: t(then ? `duty_${then.status}` : 'duty_unknown') })}</p>`;
  }
  return nothing;
}

/**
 * Until when; a tap says the position that holds anew, with another end.
 * @param {Frame} frame
 * @param {number} agentId
 * @param {readonly Stretch[]} stretches
 * @param {Stretch} held
 */
function chips({ state, t, zone, format, form, does }, agentId, stretches, held) {
  const in_ = (/** @type {number} */ hours) => new Date(Date.now() + hours * HOUR).toISOString();
  const planned = current(stretches.filter((one) => one.source === 'planning'), state.now);
  const midnight = instantOf(addDays(wallOf(state.now, zone).day, 1), '00:00', zone);
  /** @type {[string, string, () => string | null][]} */
  const all = [
    ['30', t('for_30'), () => in_(0.5)],
    ['1', t('for_1'), () => in_(1)],
    ['2', t('for_2'), () => in_(2)],
    ['4', t('for_4'), () => in_(4)],
    planned?.until
      ? ['end', t('for_service', { when: format.moment(planned.until) }), () => planned.until]
      : ['end', t('for_day'), () => midnight],
    ['notice', t('for_notice'), () => null],
  ];
  /** @param {string} chip @param {string | null} until */
  const pressed = (chip, until) => {
    if (held.source !== 'own') return false;
    if (chip === 'notice' || chip === 'end') return endOf(held) === endOf({ ...held, until });
    return form.said?.chip === chip && form.said.until === held.until && form.said.status === held.status;
  };
  return html`<h3 id="until-title">${t('until')}</h3><div class="chips" role="group" aria-labelledby="until-title">
    ${all.map(([chip, label, until]) => html`<button class="chip" type="button" aria-pressed=${String(pressed(chip, until()))}
      @click=${() => does.setUntil(agentId, until(), chip)}>${label}</button>`)}
  </div>`;
}
