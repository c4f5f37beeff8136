// Why one entry or row of a planning was left out, and what to do about it.

export default {
  cal_row_broken_line: 'The line is damaged. Open the event in the calendar and save it again.',
  cal_row_no_start: 'The event has no beginning. Give it a date in the calendar.',
  cal_row_bad_time: 'A time or date cannot be read. Correct it, for instance 08:00 or 18h30.',
  cal_row_mixed_times: 'It begins with a day and ends with a time. Save the event again.',
  cal_row_end_before_start: 'The end comes before the beginning. Correct the event in the calendar.',
  cal_row_uid_too_long: 'The event has an outsized internal name. Create it again in the calendar.',
  cal_row_unknown_zone: 'The time zone is unknown. Choose “Europe/Paris” in the event.',
  cal_row_bad_rule: 'The repetition cannot be read. Make it again in the calendar.',
  cal_row_bad_recurrence: 'A date of the repetition cannot be read. Make the repetition again in the calendar.',
  cal_row_exrule: 'The repetition is written in an obsolete way. Make it again in the calendar.',
  cal_row_too_many_occurrences: 'The event repeats far too often. Give it an end.',
  cal_row_no_agent: 'The gendarme’s number is missing. Complete the row.',
  cal_row_unknown_agent: 'No gendarme of the unit has this number. Correct it, or have the administrator record their service number.',
  cal_row_bad_day: 'The date cannot be read. Write it as 25/11/2026.',
  cal_row_unknown_position: 'This word is not in the table of positions. Add it by editing this planning.',
  cal_row_too_long: 'The position lasts more than 31 days. Split it into several rows.',
  cal_row_short_row: 'The row has fewer columns than the titles. Complete it.',
  cal_row_contradiction: 'An earlier row says something else of the same time. Keep only one.',
  cal_row_other: 'This line was not understood ({code}). Give this word to the operator.',
};
