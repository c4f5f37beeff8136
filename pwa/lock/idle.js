// When the screens close by themselves: after minutes without a touch or a key, in any tab.

const MINUTE_MS = 60_000;
const TELL_MS = 10_000;

/**
 * Whether nothing has been done for so long that the screens close. A clock that was set back is no reason to stay open.
 * @param {number} activeAt milliseconds, the last touch or key
 * @param {number} now milliseconds
 * @param {number} minutes
 */
export function isIdle(activeAt, now, minutes) {
  const quiet = now - activeAt;
  return quiet >= minutes * MINUTE_MS || quiet < -MINUTE_MS;
}

/**
 * Close the screens when their time is over, together with those of the other tabs.
 * @param {object} parts
 * @param {import('../store.js').Store<import('../store.js').State>} parts.store
 * @param {BroadcastChannel | null} parts.others
 * @param {() => number} [parts.now] milliseconds
 * @returns {{check: () => void, lock: () => void, unlock: () => void, ask: () => void, hear: (message: unknown) => void}}
 *   `ask` the other tabs whether they are open; `hear` what one of them says
 */
export function watchIdle({ store, others, now = Date.now }) {
  let activeAt = now();
  let toldAt = 0;

  const canLock = () => Boolean(store.state.held.lock) && store.state.phase === 'ready';
  const shut = () => {
    // What was said aloud is not repeated to whoever listens now.
    if (canLock() && !store.state.locked) store.set({ locked: true, announcement: '' });
  };
  const open = () => {
    activeAt = now();
    if (store.state.locked) store.set({ locked: false });
  };
  const lock = () => {
    shut();
    others?.postMessage('lock');
  };
  const check = () => {
    const { held, locked } = store.state;
    if (!locked && canLock() && isIdle(activeAt, now(), held.lock?.minutes ?? 0)) lock();
  };
  const active = () => {
    check();
    if (store.state.locked) return;
    activeAt = now();
    if (activeAt - toldAt < TELL_MS) return;
    toldAt = activeAt;
    others?.postMessage('active');
  };
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, active, { capture: true, passive: true });

  return {
    check,
    lock,
    unlock() {
      open();
      others?.postMessage('unlock');
    },
    ask: () => others?.postMessage('open?'),
    hear(message) {
      if (message === 'active') activeAt = now();
      else if (message === 'lock') shut();
      else if (message === 'unlock') open();
      else if (message === 'open?') {
        // A tab that slept past its time closes instead of vouching for the others.
        check();
        if (canLock() && !store.state.locked) others?.postMessage('unlock');
      }
    },
  };
}
