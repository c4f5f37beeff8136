import { hourBounds, within } from '../../week/cursor.js';
import { daysFrom, mondayOf, timeOf } from '../../week/days.js';
import { dayOf, hoursOf } from '../../week/lanes.js';
import { firstOfMonth } from '../../ui/first-of-month.js';
import { wallOf } from '../../ui/zone.js';

/**
 * What the screens of the week are functions of.
 * @typedef {import('../service/frame.js').Frame & {
 *   acts: import('./actions.js').WeekActions,
 *   wide: boolean,
 *   today: string,
 *   by: 'counter' | 'agent',
 *   cursor: import('../../week/cursor.js').Cursor,
 *   bounds: import('../../week/cursor.js').Bounds,
 *   days: import('../../week/lanes.js').Day[],
 *   people: {id: number | null, name: string}[],
 *   hours: {from: number, to: number},
 *   panel: import('./actions.js').Panel | null,
 *   said: (day: string) => string,
 *   brief: (day: string) => string,
 *   clock: (minutes: number) => string,
 * }} WeekFrame
 */

/** From this width on the whole week is in sight; the same as in the style sheets. */
export const WIDE = '(min-width: 56.25em)';

/** @type {{view: unknown, key: string, days: import('../../week/lanes.js').Day[]}} */
let last = { view: null, key: '', days: [] };

/**
 * @param {import('../service/frame.js').Frame} frame
 * @param {import('./actions.js').WeekActions} acts
 * @returns {WeekFrame}
 */
export function weekFrame(frame, acts) {
  const { state, view, zone, t } = frame;
  const wide = matchMedia(WIDE).matches;
  const today = wallOf(state.now, zone).day;
  const { by, cursor: kept, panel } = acts.at(state.route, today);
  const first = wide ? mondayOf(kept.day) : kept.day;
  const days = daysOf(view, daysFrom(first, wide ? 7 : 1), zone);
  const hours = hoursOf(days);
  const people = [{ id: null, name: t('week_nobody') }, ...[...view.agents.values()].sort((one, other) => one.name.localeCompare(other.name, 'fr'))];
  const rows = by === 'counter' ? hourBounds(hours, wide) : { first: 0, last: people.length - 1, step: 1, page: wide ? 7 : 1 };
  const picture = {
    ...frame, acts, wide, today, by, days, people, hours, panel,
    bounds: rows,
    cursor: within(kept, rows, by === 'counter'),
    ...dayWords(state.language),
    clock: (/** @type {number} */ minutes) => clockWords(state.language, minutes),
  };
  acts.see(picture);
  return picture;
}

/**
 * Computed once for each reading of what is held: the screen is drawn at each turn of the clock and each key.
 * @param {import('../../types').View} view
 * @param {string[]} days
 * @param {string} zone
 */
function daysOf(view, days, zone) {
  const key = `${zone} ${days.join()}`;
  if (last.view !== view || last.key !== key) last = { view, key, days: days.map((day) => dayOf(view, day, zone)) };
  return last.days;
}

/** @type {Map<string, {said: (day: string) => string, brief: (day: string) => string}>} */
const made = new Map();

/** @param {'fr' | 'en'} language */
export function dayWords(language) {
  const known = made.get(language);
  if (known) return known;
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const long = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  const short = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', timeZone: 'UTC' });
  const say = (/** @type {Intl.DateTimeFormat} */ format) => (/** @type {string} */ day) =>
    firstOfMonth(language, format.format(Date.parse(`${day}T00:00:00Z`)));
  const words = { said: say(long), brief: say(short) };
  made.set(language, words);
  return words;
}

/**
 * @param {'fr' | 'en'} language
 * @param {number} minutes of the day; 1440 is midnight
 */
function clockWords(language, minutes) {
  const time = timeOf(minutes % 1440);
  return language === 'fr' ? `${Number(time.slice(0, 2))}\u00a0h\u00a0${time.slice(3)}` : time;
}
