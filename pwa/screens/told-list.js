import { html, nothing } from 'lit-html';
import { icon } from '../ui/icon.js';
import { keyOr } from '../ui/translate.js';

const LOOKS = { queued: 'clock', sent: 'check', delivered: 'check', seen: 'check', failed: 'warning' };

/**
 * What the citizen was told and whether it reached them, so that nobody calls to say what is known, or trusts in what
 * never arrived.
 * @param {Pick<import('../ui/context.js').Context, 't' | 'format'>} context
 * @param {import('../types').ToldNotice[]} [told] the latest first
 */
export function toldList({ t, format }, told = []) {
  if (told.length === 0) return nothing;
  return html`<section class="block" aria-labelledby="told-title" data-told-list>
    <h2 id="told-title">${t('told_title')}</h2>
    <ol class="history">${told.map(({ what, channel, state, at, promised }) => html`<li data-told-state=${state}>
      <p class="history-what">${t(keyOr(`told_what_${what}`, 'told_what'))}</p>
      <p class=${state === 'failed' ? 'mark mark-late' : 'mark quiet'}>${icon(LOOKS[state])}<span>${t(`told_over_${channel}`)}, <time datetime=${at}>${format.moment(at)}</time>${t('told_colon')}${t(`told_state_${state}`)}</span></p>
      ${promised ? html`<p>${t('told_promised')}</p>` : nothing}
    </li>`)}</ol>
  </section>`;
}
