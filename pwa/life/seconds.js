import { waitFor } from '../lock/tries.js';

const SECOND_MS = 1000;
const LOOK_EVERY = 3;

/**
 * Keep the time on screen to the second while something counts down, and look every few seconds whether the enrolment
 * code on show has been used.
 * @param {import('../store.js').Store<import('../store.js').State>} store
 * @param {() => void} look
 */
export function countSeconds(store, look) {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  let beats = 0;
  const beat = () => {
    if (!counts(store.state)) {
      clearInterval(timer);
      timer = undefined;
    }
    beats += 1;
    if (beats % LOOK_EVERY === 0 && isOffered(store.state)) look();
    store.set({ now: Date.now() });
  };
  store.subscribe(() => {
    if (!timer && counts(store.state)) timer = setInterval(beat, SECOND_MS);
  });
}

/** @param {import('../store.js').State} state */
function counts(state) {
  const { lock } = state.held;
  return isOffered(state) || (lock !== null && waitFor(lock.fails, lock.failed_at, Date.now()) > 0);
}

/** @param {import('../store.js').State} state */
function isOffered({ forms }) {
  const offer = forms.life.offer?.offer;
  return Boolean(offer && !offer.used && Date.parse(offer.expires_at) > Date.now());
}
