import { dayFormat } from '../../ui/recurrence-words.js';
import { addDays, wallOf } from '../../ui/zone.js';
import { zoneOf } from '../service/read-forms.js';

/**
 * The last day about which a table says something.
 * @param {Pick<import('./frame.js').Frame, 'state' | 'view'>} frame
 * @param {string} until the end of it
 */
export function lastDay({ state, view }, until) {
  const { day, time } = wallOf(until, zoneOf(view));
  return dayFormat(state.language, state.now)(time === '00:00' ? addDays(day, -1) : day);
}

/**
 * Why a planning is silent, and what ends that. A table that is over is so however lately it was read, and no longer
 * limit gives it a word about today.
 * @param {Pick<import('./frame.js').Frame, 'state' | 'view' | 'w'>} frame
 * @param {Pick<import('./shapes').Planning, 'host' | 'paused_at' | 'read_until'>} one
 */
export function silenceWords(frame, { host, paused_at, read_until }) {
  const { w, state } = frame;
  const over = read_until !== null && Date.parse(read_until) <= state.now;
  const why = over ? w('cal_silent_over', { day: lastDay(frame, read_until) }) : w('cal_silent_old');
  const mend = host === null ? (over ? 'cal_silent_do_upload' : 'cal_silent_do_upload_or_limit')
    : paused_at ? 'cal_silent_do_resume' : over ? 'cal_silent_do_there' : 'cal_silent_do_again';
  return `${why} ${w(mend, { host: host ?? '' })}`;
}
