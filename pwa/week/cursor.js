// Where one stands in the grid, and where a key leads. A row is a half hour, or the whole day above them; by gendarme,
// a person's row. Pure.

import { addDays } from '../ui/zone.js';
import { mondayOf, ROW_MINUTES } from './days.js';

/** The row above the hours, which is about the whole day. */
export const WHOLE_DAY = -1;

/**
 * @typedef {object} Cursor
 * @property {string} day
 * @property {number} row minutes of the day, or `WHOLE_DAY`; by gendarme, the number of the row
 * @property {number | null} from where a choice of several hours began; null: just this one
 *
 * @typedef {object} Bounds
 * @property {number} first the first row
 * @property {number} last the last one
 * @property {number} step from one row to the next
 * @property {number} page days to turn a page
 */

/**
 * @param {{from: number, to: number}} hours
 * @param {boolean} wide
 * @returns {Bounds}
 */
export function hourBounds({ from, to }, wide) {
  return { first: from, last: to - ROW_MINUTES, step: ROW_MINUTES, page: wide ? 7 : 1 };
}

/**
 * @param {Cursor} cursor
 * @param {{key: string, shift: boolean}} pressed
 * @param {Bounds} bounds
 * @param {boolean} whole there is a row for the whole day above the first
 * @returns {Cursor | null} null: the key is for something else
 */
export function moved(cursor, { key, shift }, bounds, whole) {
  const { day, row } = cursor;
  const { first, last, step, page } = bounds;
  const at = (/** @type {Partial<Cursor>} */ changes) => ({ ...cursor, from: null, ...changes });
  switch (key) {
    case 'ArrowLeft': return at({ day: addDays(day, -1) });
    case 'ArrowRight': return at({ day: addDays(day, 1) });
    case 'PageUp': return at({ day: addDays(day, -page) });
    case 'PageDown': return at({ day: addDays(day, page) });
    case 'Home': return at({ day: page === 1 ? day : mondayOf(day) });
    case 'End': return at({ day: page === 1 ? day : addDays(mondayOf(day), 6) });
    case 'ArrowUp': {
      const above = row === WHOLE_DAY || (row <= first && whole && !shift) ? WHOLE_DAY : Math.max(first, row - step);
      return at({ row: above, from: shift ? begun(cursor) : null });
    }
    case 'ArrowDown': {
      const below = row === WHOLE_DAY ? first : Math.min(last, row + step);
      return at({ row: below, from: shift && whole ? begun(cursor) : null });
    }
    default: return null;
  }
}

/** @param {Cursor} cursor */
function begun({ from, row }) {
  if (row === WHOLE_DAY) return null;
  return from ?? row;
}

/**
 * The hours that are chosen.
 * @param {Cursor} cursor that stands on an hour
 * @returns {{from: number, to: number}} minutes
 */
export function chosen({ row, from }) {
  return { from: Math.min(row, from ?? row), to: Math.max(row, from ?? row) + ROW_MINUTES };
}

/**
 * The same cursor inside the rows that there are now.
 * @param {Cursor} cursor
 * @param {Bounds} bounds
 * @param {boolean} whole
 * @returns {Cursor}
 */
export function within(cursor, { first, last }, whole) {
  if (cursor.row === WHOLE_DAY && whole) return cursor;
  return { ...cursor, row: Math.min(last, Math.max(first, cursor.row)) };
}
