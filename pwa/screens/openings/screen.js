import { html } from 'lit-html';
import { address } from '../../router.js';
import { mayWithdraw } from '../../sync/effects/openings.js';
import { readOpeningAt } from '../../week/opening-at.js';
import { backTo } from '../service/frame.js';
import { datesScreen } from './dates-screen.js';
import { openingForm } from './form.js';
import { withdrawScreen } from './withdraw-screen.js';

/**
 * The screens of one opening, by what its address says after it: nothing is its form; hours instead of an opening are
 * those of a new one.
 * @param {import('../service/frame.js').Frame} frame
 */
export function openingScreen(frame) {
  const { state, view, t, agent, chief } = frame;
  const [id, part] = (state.route.id ?? '').split('/');
  if (!id || readOpeningAt(id)) return openingForm(frame, null);
  const item = view.openings.get(id);
  if (item && part === 'dates') return datesScreen(frame, item);
  if (item && part === 'retirer' && item.state === 'approved' && mayWithdraw(item, agent)) return withdrawScreen(frame, item);
  if (item && !part && chief && item.state === 'proposed') return openingForm(frame, item);
  return html`${backTo(address(chief ? 'desk' : 'duty'), t(chief ? 'tab_desk' : 'tab_duty'))}
    <h1 id="page-title" tabindex="-1">${t('opening_gone')}</h1><p>${t('opening_gone_text')}</p>`;
}
