import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { clashMark } from '../agenda/clash.js';
import { confirmMark } from '../agenda/confirm.js';
import { callMark } from '../agenda/told.js';
import { pending } from '../service/frame.js';
import { reasonWords, STATE_ICONS, times } from './words.js';

/**
 * One appointment among what lies under a cell; the chief approves it on the spot, the rest is on its own screen.
 * @param {import('./frame.js').WeekFrame} frame
 * @param {import('../../types').AppointmentItem} one
 */
export function appointmentRow(frame, one) {
  const { t, chief, acts } = frame;
  const names = one.agents.map(({ name }) => name).join(', ');
  const who = one.citizen?.name ?? t('week_elsewhere');
  return html`<li class="row" data-appointment=${one.id}>
    <p class="row-title">${times(frame, one)}, ${reasonWords(frame, one.reason)}</p>
    <p class="row-marks"><span class="mark" data-state=${one.state}>${icon(STATE_ICONS[one.state])}${t(`week_state_${one.state}`)}</span>
      ${one.discreet ? html`<span class="mark">${icon('discreet')}${t('discreet_title')}</span>` : nothing}${pending(frame, one)}${clashMark(frame, one)}${confirmMark(frame, one)}${callMark(frame, one)}</p>
    <p class="quiet">${[who, t('week_counter', { n: one.counter.number }), names ? t('week_with', { names }) : t('week_without_agent')].filter(Boolean).join(' · ')}</p>
    <div class="buttons">
      ${chief && one.state === 'requested' ? html`<button class="button button-primary" type="button" @click=${() => acts.approveAppointment(one.id)}>${icon('check')}${t('approve')}<span class="visually-hidden">, ${times(frame, one)}</span></button>` : nothing}
      <a class="button button-secondary" href=${address('appointment', one.id)}>${t('week_appointment_open')}</a>
    </div></li>`;
}
