// Plannings and agendas, in English; fr.js has the same keys, and a test compares them.

import exports from './exports.en.js';
import rows from './rows.en.js';
import sources from './sources.en.js';
import why from './why.en.js';

export default {
  cal_title: 'Plannings and calendars',
  cal_intro: 'Where availability comes from, and where appointments go.',
  cal_in: 'What comes in',
  cal_in_text: 'Plannings say who is not free.',
  cal_in_none: 'No planning is read. Slots depend only on openings and on absences declared here.',
  cal_out: 'What goes out',
  cal_out_text: 'Appointments arrive in these calendars.',
  cal_out_none: 'No calendar receives appointments.',
  cal_loading: 'Loading…',
  cal_retry: 'Try again',
  cal_cancel: 'Cancel',
  cal_offline: 'No network. This page needs one.',
  cal_offline_list: 'No network. This is what was read last. Nothing can be changed from here.',
  cal_offline_act: 'No network. What you wrote stays here; try again when it is back.',
  cal_offline_done: 'No network. It may have been done: look at this page when it is back, and try again if not.',
  cal_offline_feed: 'No network. If there was an address, it may no longer answer. Make one when it is back.',
  cal_load_error: 'The service could not answer. Try again in a moment.',
  cal_load_error_list: 'The service could not answer. This is what was read last.',
  cal_error: 'The service could not answer ({code}). What you wrote stays here; try again.',
  cal_error_done: 'The service could not answer ({code}). Look whether it was done, and try again if not.',
  cal_often_one: 'Too many attempts in a short time. Try again in {n} minute.',
  cal_often_many: 'Too many attempts in a short time. Try again in {n} minutes.',
  cal_gone: 'This is no longer here. It was revoked, or it is not yours.',
  cal_problem_too_many_plannings: 'The unit has as many plannings as are allowed. Revoke one first.',
  cal_problem_too_many_exports: 'There are as many calendars as are allowed. Revoke one first.',
  cal_problem_export_paused: 'This calendar is paused. Resume it first.',
  cal_problem_planning_paused: 'This planning is paused. Resume it first.',
  cal_problem_planning_without_address: 'This planning has no address. Hand in its file, or edit it to give it one.',
  cal_problem_chief_only: 'Only the unit’s chief can do this.',
  cal_problem_no_such_agent: 'This gendarme no longer serves in the unit.',
  cal_problem_no_terminal: 'A subscription belongs to an enrolled terminal. Enrol this one first.',
  cal_problem_no_such_planning: 'This is no longer here. It was revoked, or it is not yours.',
  cal_problem_no_such_export: 'This is no longer here. It was revoked, or it is not yours.',
  cal_field_too_short: 'The limit must hold at least two readings. Choose a longer one.',
  cal_field_wrong: 'This value is not accepted. Correct it.',
  cal_problem_invalid_arguments: 'A field is not accepted. Check what you wrote.',
  ...exports,
  ...rows,
  ...sources,
  ...why,
};
