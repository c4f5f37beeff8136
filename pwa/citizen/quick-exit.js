// @entry
// "Quitter vite": leaves for a harmless page, and takes this one's place in the history instead of standing before it.
// Without scripts the same link still leaves; what stays behind then is one entry that says nothing.

const TWICE_WITHIN_MS = 1500;

const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('#quitter'));
let escapedAt = 0;

/** Leave; the page is emptied first, because the next one may take a second to come. */
function leave() {
  if (!link) return;
  const { href } = link;
  document.body.hidden = true;
  document.title = '';
  history.replaceState(null, '', '/');
  location.replace(href);
}

link?.addEventListener('click', (event) => {
  event.preventDefault();
  leave();
});

document.addEventListener('keydown', ({ key, timeStamp }) => {
  if (key !== 'Escape') return;
  if (escapedAt && timeStamp - escapedAt < TWICE_WITHIN_MS) leave();
  escapedAt = timeStamp;
});
