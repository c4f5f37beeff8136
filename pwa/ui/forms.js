// What the forms on screen are at; what is typed stays in their fields.

/** @typedef {import('./translate.js').Key} Key */

/**
 * @typedef {object} Forms
 * @property {{busy: boolean, error: Key | null, wait: number, shown: boolean}} signIn `wait` in seconds
 * @property {{status: 'idle' | 'searching' | 'offline' | 'error', found: import('../types').FoundUnit[] | null,
 *   chosen: import('../types').FoundUnit | null, error: Key | null}} transfer
 * @property {Key | null} note its error
 * @property {Key | null} close its error
 * @property {boolean} leaving sign-out has warned and waits for a word
 * @property {boolean} copied
 * @property {boolean} settling a tap on "Accept" has just put another button under the thumb
 * @property {import('../screens/service/actions.js').ServiceForms} service
 * @property {import('../types').Me | null} foreign whose actions wait on this terminal
 */

/** @returns {Forms} */
export function emptyForms() {
  return {
    signIn: { busy: false, error: null, wait: 0, shown: false },
    transfer: { status: 'idle', found: null, chosen: null, error: null },
    note: null,
    close: null,
    leaving: false,
    copied: false,
    settling: false,
    service: {},
    foreign: null,
  };
}
