// What the forms say, in the server's words, and what is wrong with it before it is asked.

/**
 * @typedef {import('./shapes').SourceKind} SourceKind
 * @typedef {import('./shapes').Position} Position
 * @typedef {import('./words.js').CalendarKey} CalendarKey
 */

/** @type {readonly (keyof import('./shapes').Columns)[]} */
export const COLUMNS = ['agent', 'day', 'position', 'until_day', 'since', 'until'];
/** @type {readonly (keyof import('./shapes').Columns)[]} */
export const REQUIRED = ['agent', 'day', 'position'];
/** @type {import('./shapes').Columns} What they are usually called (server/planning/positions.py). */
export const USUAL_COLUMNS = { agent: 'NIGEND', day: 'Date', position: 'Position', until_day: 'Date de fin', since: 'Début', until: 'Fin' };
/** @type {Record<string, Position>} */
export const USUAL_WORDS = {
  'employée': 'employed',
  'employé': 'employed',
  'immédiatement employable': 'first_to_go',
  'premier à marcher': 'first_to_go',
  pam: 'first_to_go',
  'complémentaire': 'complementary',
  'différée': 'deferred',
  'différé': 'deferred',
  'non employable': 'not_employable',
};
/** @type {readonly Position[]} */
export const POSITIONS = ['employed', 'first_to_go', 'complementary', 'deferred', 'not_employable'];

/** @param {string | null} kind */
export const isTable = (kind) => kind === 'positions_daily' || kind === 'positions_forecast';

/** @param {HTMLFormElement} form */
export function fieldsOf(form) {
  const data = new FormData(form);
  /** @param {string} name */
  const said = (name) => String(data.get(name) ?? '').trim();
  return { data, said, secret: (/** @type {string} */ name) => String(data.get(name) ?? '') };
}

/**
 * Where it is and how it is read: what a trial needs too.
 * @param {HTMLFormElement} form
 * @param {SourceKind} kind
 */
export function readSource(form, kind) {
  const { data, said, secret } = fieldsOf(form);
  const table = isTable(kind);
  /** @type {Record<string, string>} */
  const words = {};
  const [printed, positions] = [data.getAll('word'), data.getAll('position')];
  printed.forEach((word, at) => {
    if (String(word).trim()) words[String(word).trim()] = String(positions[at]);
  });
  return {
    kind,
    // How other programs write an address to subscribe to.
    url: said('url').replace(/^webcals?:/i, 'https:'),
    user: said('user'),
    password: secret('password'),
    tentative_counts: table || data.has('tentative_counts'),
    columns: table ? Object.fromEntries(COLUMNS.map((name) => [name, said(`column_${name}`)])) : null,
    words: table ? words : null,
  };
}

/**
 * What is wrong with it, by field.
 * @param {ReturnType<typeof readSource>} source
 * @param {{known: boolean, name?: string, poll?: number, silent?: number | null}} about `known`: the server has an address
 *   already; the rest where it is asked for
 * @returns {Record<string, CalendarKey>}
 */
export function sourceErrors({ kind, url, columns, words }, { known, name, poll = 0, silent = 0 }) {
  /** @type {Record<string, CalendarKey>} */
  const errors = {};
  if (name === '') errors.name = 'cal_name_missing';
  if (!url && !known && (!isTable(kind) || name === undefined)) errors.url = 'cal_url_missing';
  const wrong = url && addressError(url);
  if (wrong) errors.url = wrong;
  if (columns) Object.assign(errors, columnErrors(columns));
  if (words && Object.keys(words).length === 0) errors.words = 'cal_words_missing';
  // One reading that is missed is no silence.
  if (silent !== null && silent < 2 * poll) errors.silent_after_minutes = 'cal_field_too_short';
  return errors;
}

/**
 * Each is called something of its own: two things cannot stand in one column, nor is it said of any that there is none.
 * @param {Record<string, string>} columns
 * @returns {Record<string, CalendarKey>}
 */
function columnErrors(columns) {
  /** @type {Record<string, CalendarKey>} */
  const errors = {};
  const taken = new Set();
  for (const name of COLUMNS) {
    const said = columns[name].toLowerCase();
    if (!said) errors[`column_${name}`] = REQUIRED.includes(name) ? 'cal_column_missing' : 'cal_column_unnamed';
    else if (taken.has(said)) errors[`column_${name}`] = 'cal_column_twice';
    taken.add(said);
  }
  return errors;
}

/** The names of columns as the server compares them: without capitals, accents and blanks. @param {string} name */
export const plain = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim().toLowerCase();

/**
 * The required columns that a file does not have under the names that were tried.
 * @param {Record<string, string>} columns
 * @param {readonly string[]} header
 * @returns {Record<string, CalendarKey>}
 */
export function missingColumns(columns, header) {
  const there = new Set(header.map(plain));
  return Object.fromEntries(REQUIRED.filter((name) => !there.has(plain(columns[name]))).map((name) => [`column_${name}`, /** @type {const} */ ('cal_column_not_there')]));
}

/**
 * What a trial of a table says of the form's columns. Names that may be somebody's are held back: where no column is
 * missing, one that is not told is there, and stays typed.
 * @param {import('./shapes').Trial} trial
 * @param {Record<string, string>} columns that were tried
 * @param {readonly string[]} typed of them
 * @returns {Partial<Pick<import('./shapes').PageState, 'header' | 'typed' | 'errors'>>}
 */
export function headerSaid({ code, found: { header } }, columns, typed) {
  if (!header) return {};
  const missing = code === 'missing_column';
  const there = new Set(header.map(plain));
  const untold = COLUMNS.filter((name) => !there.has(plain(columns[name])));
  return {
    header,
    typed: untold.filter((name) => typed.includes(name) || (!missing && REQUIRED.includes(name))),
    errors: missing && header.length > 0 ? missingColumns(columns, header) : {},
  };
}

/**
 * What can be said of an address without asking anybody; the server judges it again.
 * @param {string} url
 * @returns {CalendarKey | null}
 */
export function addressError(url) {
  if (/^http:/i.test(url)) return 'cal_why_not_https';
  if (!/^https:\/\//i.test(url)) return 'cal_url_no_address';
  return /^https:\/\/[^/]*@/i.test(url) ? 'cal_why_user_info' : null;
}
