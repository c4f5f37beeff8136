// What actions read from a form, and where they put the focus.

/**
 * @param {SubmitEvent} event
 * @param {string} name
 * @param {boolean} [trimmed]
 */
export function field(event, name, trimmed = true) {
  const value = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get(name) ?? '');
  return trimmed ? value.trim() : value;
}

/**
 * Focus once what was asked for is on screen, which a finger may have held back for a frame.
 * @param {string} selector
 */
export function focusOn(selector) {
  requestAnimationFrame(() => requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus()));
}
