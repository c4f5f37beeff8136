// @entry
// A form that cannot be sent without network says so before it is tried. What was typed stays on the page.

const notice = /** @type {HTMLElement | null} */ (document.querySelector('#hors-connexion'));
const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button[type=submit]'));

function show() {
  if (notice) notice.hidden = navigator.onLine;
  for (const button of buttons) button.disabled = !navigator.onLine;
}

addEventListener('online', show);
addEventListener('offline', show);
show();
