/**
 * Run `work` once at a time. Whoever asks while it runs gets a further run that began after they asked, so that
 * nothing that happened before the question is missed.
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>}
 */
export function singleFlight(work) {
  /** @type {Promise<void> | null} */
  let running = null;
  /** @type {Promise<void> | null} */
  let next = null;
  /** @returns {Promise<void>} */
  function ask() {
    if (!running) {
      running = work().finally(() => { running = null; });
      return running;
    }
    next ??= running.catch(() => undefined).then(() => {
      next = null;
      return ask();
    });
    return next;
  }
  return ask;
}
