/**
 * A part of the terminal that is loaded when it is first wanted. The service worker holds it like everything else, so
 * that it comes without network too.
 * @template T
 * @typedef {object} Lazy
 * @property {() => T | null} get null: not here yet, and on its way
 * @property {() => boolean} failed the last attempt did not bring it
 * @property {() => void} retry
 */

/**
 * @template T
 * @param {() => Promise<T>} load
 * @param {() => void} redraw it is here, or will not come now
 * @returns {Lazy<T>}
 */
export function lazy(load, redraw) {
  /** @type {T | null} */
  let value = null;
  /** @type {'idle' | 'loading' | 'failed'} */
  let state = 'idle';
  const start = () => {
    state = 'loading';
    load().then(
      (loaded) => { value = loaded; },
      () => { state = 'failed'; },
    ).finally(redraw);
  };
  return {
    get() {
      if (!value && state === 'idle') start();
      return value;
    },
    failed: () => state === 'failed',
    retry() {
      if (state !== 'failed') return;
      start();
      redraw();
    },
  };
}
