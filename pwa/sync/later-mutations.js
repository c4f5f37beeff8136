// The mutations whose effects nothing of the first picture shows: those of the unit's openings, and of what calendars
// contradict. They come with pwa/later.js, as the screens do that show them.

import { calendarEffects } from './effects/calendars.js';
import { amendOpening, approveOpening, changeOccurrence, proposeOpening, refuseOpening, setHoliday, withdrawOpening } from './effects/openings.js';
import { MUTATIONS } from './mutations.js';

/** @type {Record<import('../types').LaterOp, import('./mutations.js').Effect>} */
export const LATER_MUTATIONS = {
  'opening.propose': proposeOpening,
  'opening.amend': amendOpening,
  'opening.approve': approveOpening,
  'opening.refuse': refuseOpening,
  'opening.withdraw': withdrawOpening,
  'occurrence.change': changeOccurrence,
  'holiday.set': setHoliday,
  ...calendarEffects,
};

Object.assign(MUTATIONS, LATER_MUTATIONS);

/**
 * Whether what waits holds one of them, so that what is held has to be read anew once they are here.
 * @param {readonly import('../types').OutboxEntry[]} outbox
 */
export function hasLater(outbox) {
  return outbox.some(({ op }) => op in LATER_MUTATIONS);
}
