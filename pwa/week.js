// The unit's week: a part of its own, since a telephone in the field seldom wants it.

import en from './locales/week/en.js';
import fr from './locales/week/fr.js';
import { createWeekActions } from './screens/week/actions.js';
import { weekFrame } from './screens/week/frame.js';
import { week } from './screens/week/screen.js';
import { createWhyActions } from './screens/week/why-actions.js';
import { why } from './screens/week/why.js';
import styles from './styles/terminal/week.css';
import { addStyles } from './ui/add-styles.js';
import { addWords } from './ui/translate.js';

/** @typedef {ReturnType<typeof createWeek>} Week */

addWords('fr', fr);
addWords('en', en);
addStyles(styles);

/** @param {Parameters<typeof createWeekActions>[0]} parts */
export function createWeek(parts) {
  const acts = createWeekActions(parts);
  const asks = createWhyActions(parts);
  /** @param {import('./screens/service/frame.js').Frame} frame */
  return (frame) => (frame.state.route.screen === 'why' ? why(frame, asks) : week(weekFrame(frame, acts)));
}
