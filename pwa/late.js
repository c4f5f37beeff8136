// What climbs and what is late: a part of its own, for those who answer for it.

import en from './locales/late/en.js';
import fr from './locales/late/fr.js';
import { createLateActions } from './screens/late/actions.js';
import { lateLink, lateScreen } from './screens/late/screen.js';
import styles from './styles/terminal/late.css';
import { addStyles } from './ui/add-styles.js';
import { addWords } from './ui/translate.js';

/**
 * @typedef {import('./ui/context.js').Context} Context
 * @typedef {ReturnType<typeof createLate>} Late
 */

addWords('fr', fr);
addWords('en', en);
addStyles(styles);

/** @param {Parameters<typeof createLateActions>[0]} parts */
export function createLate(parts) {
  const acts = createLateActions(parts);
  return {
    /** @param {Context} context */
    screen: (context) => lateScreen(context, acts),
    /** @param {Context} context */
    link: (context) => lateLink(context, acts),
  };
}
