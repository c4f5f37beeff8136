// What the forms on screen are at; what is typed stays in their fields.

/** @typedef {import('./translate.js').Key} Key */

/**
 * @typedef {object} Forms
 * @property {{status: 'idle' | 'searching' | 'offline' | 'error', found: import('../types').FoundUnit[] | null,
 *   chosen: import('../types').FoundUnit | null, error: Key | null}} transfer
 * @property {Key | null} note its error
 * @property {Key | null} close its error
 * @property {boolean} copied
 * @property {boolean} settling a tap on "Accept" has just put another button under the thumb
 * @property {import('../screens/service/actions.js').ServiceForms} service
 * @property {import('../types').Me | null} foreign whose actions wait on this terminal
 * @property {Partial<import('../life/forms.js').LifeForms>} life what the screens about who this is are at
 */

/** @returns {Forms} */
export function emptyForms() {
  return {
    transfer: { status: 'idle', found: null, chosen: null, error: null },
    note: null,
    close: null,
    copied: false,
    settling: false,
    service: {},
    foreign: null,
    life: {},
  };
}
