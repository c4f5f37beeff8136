import { html } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { titleOf } from '../service/opening-row.js';

/**
 * The way to withdraw what is approved: whose appointments are concerned is read first.
 * @param {import('../service/frame.js').Frame} frame
 * @param {import('../../types').OpeningItem} item
 */
export function withdrawLink(frame, item) {
  return html`<div class="buttons"><a class="button button-secondary" href=${address('opening', `${item.id}/retirer`)}>${icon('undo')}${frame.t('withdraw')}<span class="visually-hidden">, ${titleOf(frame, item)}</span></a></div>`;
}
