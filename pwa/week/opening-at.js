// The hours that an opening's form begins with, as a part of its address.

import { timeOf } from './days.js';

/** What is proposed when only its beginning was pointed at. */
const USUAL_MINUTES = 180;
const LAST_MINUTE = 24 * 60 - 1;

/**
 * @param {string} day
 * @param {{from: number, to: number}} hours minutes of the day
 * @returns {string} `2026-11-24T09:00-12:00`
 */
export function writeOpeningAt(day, { from, to }) {
  return `${day}T${timeOf(from)}-${timeOf(Math.min(to, LAST_MINUTE))}`;
}

/**
 * @param {string | null} text
 * @returns {{day: string, from: string, to: string} | null} null: nothing that one could begin with
 */
export function readOpeningAt(text) {
  const found = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)-(\d\d:\d\d))?$/.exec(text ?? '');
  if (!found || Number.isNaN(Date.parse(found[1]))) return null;
  const [, day, from = '', to = ''] = found;
  return { day, from, to };
}

/**
 * @param {number} from minutes
 * @returns {{from: number, to: number}}
 */
export function usualFrom(from) {
  return { from, to: Math.min(LAST_MINUTE, from + USUAL_MINUTES) };
}

