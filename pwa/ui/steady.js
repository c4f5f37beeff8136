// Nothing moves under a finger: while one is down the picture stands still, for a moment at most.

const LONGEST_MS = 1000;

/**
 * Draw once per frame however often it is asked, and not while a finger is down.
 * @param {() => void} draw
 * @returns {() => void} asks for a drawing
 */
export function steady(draw) {
  let asked = false;
  let finger = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const now = () => {
    asked = false;
    draw();
  };
  const ask = () => {
    if (asked) return;
    asked = true;
    // A page in the background draws nothing by frames, and still must be right when one looks.
    if (!finger) document.visibilityState === 'visible' ? requestAnimationFrame(now) : queueMicrotask(now);
  };
  const lift = () => {
    if (!finger) return;
    finger = false;
    clearTimeout(timer);
    // The click comes after the finger has gone, and must still hit what it was aimed at.
    if (asked) setTimeout(now);
  };
  addEventListener('pointerdown', () => {
    finger = true;
    timer = setTimeout(lift, LONGEST_MS);
  });
  addEventListener('pointerup', lift);
  addEventListener('pointercancel', lift);
  return ask;
}
