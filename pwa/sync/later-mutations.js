// The mutations whose effects nothing of the first picture shows: those of the unit's openings. They come with pwa/later.js, as the screens do that show them.

import { amendOpening, approveOpening, changeOccurrence, proposeOpening, refuseOpening, setHoliday, withdrawOpening } from './effects/openings.js';
import { MUTATIONS } from './mutations.js';

/** @type {Record<Exclude<import('../types').LaterOp, import('../types').CalendarOp>, import('./mutations.js').Effect>} */
export const LATER_MUTATIONS = {
  'opening.propose': proposeOpening,
  'opening.amend': amendOpening,
  'opening.approve': approveOpening,
  'opening.refuse': refuseOpening,
  'opening.withdraw': withdrawOpening,
  'occurrence.change': changeOccurrence,
  'holiday.set': setHoliday,
};

Object.assign(MUTATIONS, LATER_MUTATIONS);

/**
 * Whether what waits holds one of them, so that what is held has to be read anew once they are here.
 * @param {readonly import('../types').OutboxEntry[]} outbox
 */
export function hasLater(outbox) {
  return outbox.some(({ op }) => op in LATER_MUTATIONS);
}
