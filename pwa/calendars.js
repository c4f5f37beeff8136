// Plannings and agendas: a part of its own, wanted once when they are set up and seldom after.

import { createCalendarActions } from './screens/calendars/actions.js';
import { calendarFrame } from './screens/calendars/frame.js';
import { calendars } from './screens/calendars/screen.js';
import styles from './styles/terminal/calendars.css';
import { addStyles } from './ui/add-styles.js';
import { keepFocus } from './ui/keep-focus.js';

/** @typedef {ReturnType<typeof createCalendars>} Calendars */

addStyles(styles);

/** @param {Parameters<typeof createCalendarActions>[0]} parts */
export function createCalendars(parts) {
  const acts = createCalendarActions(parts);
  let hasCome = false;
  /** @param {import('./ui/context.js').Context} context */
  return (context) => {
    const frame = calendarFrame(context, acts);
    const has = Boolean(frame.seen.plannings);
    // The page itself takes the place of the one that waited, and its title that of the other.
    if (has && !hasCome) keepFocus();
    hasCome = has;
    return calendars(frame);
  };
}
