import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { currentHere } from '../sync/duty.js';
import { icon } from '../ui/icon.js';

/**
 * What the others see of me, one tap away from changing it.
 * @param {import('../ui/context.js').Context} context
 */
export function dutyChip({ state, view, me, t, format }) {
  if (!me || state.held.cursor === '') return nothing;
  const duty = view.duty.get(me.agent.id);
  const held = currentHere(duty?.stretches ?? [], state.now);
  const until = held?.until ? t('duty_until', { when: format.moment(held.until) }) : '';
  return html`<a class="duty-chip" href=${address('duty')} data-status=${held?.status ?? 'unknown'}>
    ${icon(`duty-${held?.status ?? 'unknown'}`)}<span><span class="visually-hidden">${t('duty_mine')} </span><b>${t(held ? `duty_${held.status}` : 'duty_unknown')}</b> ${until}
    ${duty?.pending.length ? html`<span class="mark mark-pending">${icon('upload')}${t('pending')}</span>` : nothing}</span></a>`;
}
