import { forgetCopy } from './device-copy.js';

const card = document.querySelector('#appareil');

/**
 * Say on the page that a copy of it is kept, with the button that forgets it.
 * @param {() => void} forgotten called once it is
 */
export function showDeviceCard(forgotten) {
  if (!(card instanceof HTMLElement) || !card.hidden) return;
  card.hidden = false;
  card.querySelector('#oublier')?.addEventListener('click', async () => {
    await forgetCopy();
    for (const part of card.querySelectorAll('[data-kept]')) part.remove();
    const said = /** @type {HTMLElement | null} */ (card.querySelector('[data-forgotten]'));
    if (said) said.hidden = false;
    // The button that had the focus is gone.
    said?.focus();
    forgotten();
  });
}
