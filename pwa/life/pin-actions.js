import { setMinutes, setPin, tryPin } from '../lock/pin.js';
import { pinProblem } from '../lock/tries.js';
import { field, focusOn } from '../ui/dom.js';
import { moveFocus } from '../ui/page.js';
import { setForm } from './form.js';

const LONGEST = 8;
const FIRST_MINUTES = 5;

/**
 * The PIN: opening, choosing, changing, removing, forgetting it. What is typed goes from its field into the check and
 * nowhere else.
 * @param {import('./main.js').Parts} parts
 */
export function pinActions({ store, engine, db, changed, idle }) {
  /** @param {import('./words.js').LifeKey | null} error */
  const say = (error, busy = false) => setForm(store, { pin: { busy, error }, done: undefined });

  /**
   * @param {string} pin
   * @returns {Promise<boolean>}
   */
  const isRight = async (pin) => {
    say(null, true);
    const found = await tryPin(db, pin, new Date());
    await changed();
    say(null);
    if (found === 'last') await engine.forget('pin_tries');
    return found === 'right';
  };

  /**
   * Whether a form may go on: it carries the PIN that is in force, if there is one.
   * @param {SubmitEvent} event
   */
  const isOwner = async (event) => {
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const current = field(event, 'current');
    if (!store.state.held.lock || (await isRight(current))) return true;
    form.reset();
    focusOn('#pin-current');
    return false;
  };

  return {
    /** @param {SubmitEvent} event */
    async unlock(event) {
      event.preventDefault();
      if (store.state.forms.life.pin?.busy) return;
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      const pin = field(event, 'pin');
      if (!pin) {
        say('pin_missing');
        return;
      }
      if (await isRight(pin)) {
        form.reset();
        idle.unlock();
        requestAnimationFrame(() => requestAnimationFrame(() => moveFocus(store.state.route, store.state.route)));
      } else {
        form.reset();
        focusOn('#pin');
      }
    },

    /** @param {string} digit */
    press(digit) {
      const input = /** @type {HTMLInputElement} */ (document.getElementById('pin'));
      input.value = (input.value + digit).slice(0, LONGEST);
    },
    erase() {
      const input = /** @type {HTMLInputElement} */ (document.getElementById('pin'));
      input.value = input.value.slice(0, -1);
    },

    /** @param {SubmitEvent} event */
    async choosePin(event) {
      event.preventDefault();
      if (store.state.forms.life.pin?.busy) return;
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      const [pin, again] = [field(event, 'new'), field(event, 'again')];
      const problem = pinProblem(pin) ?? (pin === again ? null : 'pin_differ');
      if (problem) {
        say(problem);
        focusOn('#pin-new');
        return;
      }
      if (!(await isOwner(event))) return;
      say(null, true);
      await setPin(db, pin, store.state.held.lock?.minutes ?? FIRST_MINUTES);
      form.reset();
      idle.unlock();
      await changed();
      setForm(store, { pin: { busy: false, error: null }, done: 'pin_kept' });
      focusOn('#page-title, #inbox-title');
    },

    /** @param {SubmitEvent} event */
    async removePin(event) {
      event.preventDefault();
      if (store.state.forms.life.pin?.busy || !(await isOwner(event))) return;
      await db.delete('meta', 'lock');
      await changed();
      setForm(store, { done: 'pin_removed' });
      focusOn('#page-title');
    },

    /** @param {number} minutes */
    async setMinutes(minutes) {
      await setMinutes(db, minutes);
      await changed();
    },

    lockNow() {
      idle.lock();
      focusOn('#pin');
    },

    forget: () => setForm(store, { forgetting: true }),
    forgetNow: () => engine.forget('pin_forgotten'),
  };
}
