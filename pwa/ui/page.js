// What the state means for the document around the screens: title, language, theme, focus.

import { translator } from './translate.js';

/** @param {import('../store.js').State} state */
export function dress({ language, theme }) {
  const root = document.documentElement;
  root.lang = language;
  if (theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = theme;
  // No name, no reason: the title is seen in the list of recent apps.
  document.title = translator(language)('app');
}

/**
 * Put the focus where the eyes go: the heading of what opened, or the card that one came from.
 * @param {import('../types').Route} from
 * @param {import('../types').Route} to
 */
export function moveFocus(from, to) {
  const card = from.id && to.screen === 'inbox' ? document.querySelector(`a.card[data-id="${CSS.escape(from.id)}"]`) : null;
  const heading = document.querySelector(to.id ? '#detail-title, #page-title' : '#page-title, #inbox-title');
  const target = /** @type {HTMLElement | null} */ (card ?? heading);
  target?.focus({ preventScroll: !card });
  if (card) return;
  // What scrolls is the page, what is between its bars, or the right-hand side of a wide screen.
  for (const scrolled of [window, document.getElementById('contenu'), document.querySelector('.detail')]) scrolled?.scrollTo(0, 0);
}
