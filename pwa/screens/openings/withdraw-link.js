import { html } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { datesLink, titleOf } from '../service/opening-row.js';

/**
 * The ways to withdraw what is approved, whose appointments are concerned being read first, and to its dates.
 * @param {import('../service/frame.js').Frame} frame
 * @param {import('../../types').OpeningItem} item
 */
export function withdrawLink(frame, item) {
  return html`<div class="buttons"><a class="button button-secondary" href=${address('opening', `${item.id}/retirer`)}>${icon('undo')}${frame.t('withdraw')}<span class="visually-hidden">, ${titleOf(frame, item)}</span></a>${datesLink(frame, item)}</div>`;
}
