// What the codes of server/planning/codes.py have in common, for the one line that the desk has; the page of a planning or
// of an agenda has a sentence for each. A test compares these lists with the server's.

/** @type {Record<string, readonly string[]>} what is said alike of plannings and of agendas */
const COMMON = {
  sign_in: ['sign_in', 'sign_in_needed'],
  address: ['too_long', 'not_https', 'user_info', 'malformed', 'unknown_host', 'redirected', 'not_found', 'gone', 'not_caldav', 'no_calendar', 'several_calendars'],
  closed: ['host_not_allowed', 'address_not_public'],
  network: ['connection_refused', 'network', 'timeout', 'disconnected', 'retry'],
  protected: ['certificate', 'tls'],
  server: ['not_http', 'encoded', 'http_status'],
  unsealable: ['unsealable'],
  ours: ['unexpected'],
};

/** @type {Record<string, readonly string[]>} */
const OF_PLANNINGS = {
  ...COMMON,
  forbidden: ['forbidden', 'withheld'],
  other_file: ['not_a_calendar', 'not_published', 'not_a_table'],
  people: ['unknown_agent'],
  too_big: ['too_big', 'line_too_long', 'too_many_parameters', 'too_many_components', 'too_deep', 'too_many_zones', 'too_much_work', 'too_many_occurrences'],
  columns: ['missing_column', 'nothing_understood', 'bad_layout'],
  over: ['over'],
  content: [
    'calendar_scale', 'truncated', 'broken', 'empty', 'broken_line', 'no_start', 'bad_time', 'mixed_times', 'end_before_start',
    'uid_too_long', 'unknown_zone', 'bad_rule', 'bad_recurrence', 'exrule',
  ],
};

/** @type {Record<string, readonly string[]>} */
const OF_AGENDAS = {
  ...COMMON,
  forbidden: ['forbidden', 'read_only'],
  taken: ['conflict', 'name_taken', 'uid_taken'],
  unvisited: ['unvisited'],
  server: [...COMMON.server, 'refused', 'too_big', 'truncated', 'changing'],
};

/**
 * @param {Record<string, readonly string[]>} families
 * @param {string} code
 * @returns {string | undefined}
 */
function familyOf(families, code) {
  const plain = /^http_\d+$/.test(code) ? 'http_status' : code;
  return Object.keys(families).find((family) => families[family].includes(plain));
}

/**
 * @param {string} code why a planning was not read
 * @returns {PlanningFamily}
 *
 * @typedef {'sign_in' | 'address' | 'closed' | 'network' | 'protected' | 'server' | 'unsealable' | 'ours' | 'forbidden' | 'other_file' | 'people' | 'too_big' | 'columns' | 'over' | 'content' | 'other'} PlanningFamily
 */
export function planningFamily(code) {
  return /** @type {PlanningFamily} */ (familyOf(OF_PLANNINGS, code) ?? 'other');
}

/**
 * @param {{kind?: string, cause: string}} stopped an agenda, or a mailbox: that is none
 * @returns {AgendaFamily | MailFamily}
 *
 * @typedef {'sign_in' | 'address' | 'closed' | 'network' | 'protected' | 'server' | 'unsealable' | 'ours' | 'forbidden' | 'taken' | 'unvisited' | 'other'} AgendaFamily
 * @typedef {'mail_gone' | 'mail_refused' | 'mail_network'} MailFamily
 */
export function agendaFamily({ kind, cause }) {
  const family = /** @type {AgendaFamily} */ (familyOf(OF_AGENDAS, cause) ?? 'other');
  if (kind !== 'mail') return family;
  if (cause === 'gone') return 'mail_gone';
  if (cause === 'refused') return 'mail_refused';
  return family === 'unsealable' || family === 'ours' || family === 'unvisited' ? family : 'mail_network';
}

/**
 * Whether all the rest arrives: what stands in the way of one event, or is refused as one mail, concerns no other.
 * @param {{kind?: string, cause: string}} stopped
 */
export function concernsOne(stopped) {
  return ['taken', 'mail_refused'].includes(agendaFamily(stopped));
}
