/**
 * The focus that waits on a screen's title, or is just coming there, goes to the title that takes its place when the
 * screen itself has come. Whoever has gone on meanwhile is left where they are.
 */
export function keepFocus() {
  const waited = document.activeElement?.id === 'page-title';
  const after = (/** @type {number} */ frames) => {
    if (frames > 0) requestAnimationFrame(() => after(frames - 1));
    else if (waited || document.activeElement === document.body) document.getElementById('page-title')?.focus({ preventScroll: true });
  };
  // The drawing, and the focus that follows a change of address, take up to three.
  after(4);
}
