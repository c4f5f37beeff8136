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
  cal_load_error: 'The service could not answer. Try again in a moment.',
  cal_load_error_list: 'The service could not answer. This is what was read last.',
  cal_error: 'The service could not answer ({code}). What you wrote stays here; try again.',
  cal_often: 'Too many attempts in a short time. Wait a minute and try again.',
  cal_gone: 'This is no longer here. It was revoked, or it is not yours.',
  cal_problem_chief_only: 'Only the unit’s chief can do this.',
  cal_problem_no_such_agent: 'This gendarme no longer serves in the unit.',
  cal_problem_no_terminal: 'A subscription belongs to an enrolled terminal. Enrol this one first.',
  cal_problem_not_found: 'This is no longer here. It was revoked, or it is not yours.',
  cal_problem_invalid: 'A field is not accepted. Check what you wrote.',
  ...exports,
  ...rows,
  ...sources,
  ...why,
};
