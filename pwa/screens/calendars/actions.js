// Reads a unit's plannings and agendas, and changes them. Only the server knows them all and holds their secrets, so
// that nothing of it is kept on the device: without network the last reading of this page is shown, and says so.

import { Offline, Problem } from '../../sync/api.js';
import { singleFlight } from '../../sync/single-flight.js';
import { focusOn } from '../../ui/dom.js';
import { exportActions } from './export-actions.js';
import { placeOf } from './places.js';
import { sourceActions } from './source-actions.js';
import { isOutdatedBy } from './trial.js';
import { calendarKeyOr, whyKey } from './words.js';

/** When they were last read nobody pokes about: as long as somebody looks, it is asked again. */
const OLD_MS = 30_000;
/** Whoever comes to a page wants to see how things are now, or a moment later where they were just read. */
const NEW_MS = 1_000;
/** How long the server counts what is asked for too often, where it does not say (server/api/plannings.py). */
const OFTEN_S = 900;

/**
 * @typedef {import('./shapes').Seen} Seen
 * @typedef {import('./shapes').PageState} PageState
 * @typedef {import('./shapes').Said} Said
 * @typedef {ReturnType<typeof createCalendarActions>} CalendarActions
 *
 * @typedef {object} Parts
 * @property {import('../../store.js').Store<import('../../store.js').State>} store
 * @property {import('../../sync/engine.js').Engine} engine
 *
 * What comes of an action: changes of its page, or another page, which says what has been done.
 * @typedef {Partial<PageState> | {to: string, done: Said}} Outcome
 *
 * What the actions of both kinds work with.
 * @typedef {object} Desk
 * @property {import('../../sync/engine.js').Engine['ask']} ask
 * @property {() => Seen} read
 * @property {(changes: Partial<PageState>) => void} say
 * @property {(busy: string, work: () => Promise<Outcome>) => Promise<void>} attempt one thing at a time, and what goes
 *   wrong in words; what comes of it is for whoever is still on the page
 * @property {() => Promise<void>} load
 * @property {() => Promise<import('./shapes').Planning[]>} loadPlannings what comes in alone; the caller's are its refusals
 * @property {() => (() => boolean)} here gives a way to find out later whether it is still the same page, of the same
 *   agent; it may be locked meanwhile, and comes back
 * @property {(name: string) => void} wrong puts the focus into the first field that is
 */

/** @returns {PageState} */
const freshPage = () => ({
  busy: null, done: null, error: null, errors: {}, asking: false, kind: null, trial: null, header: [], columns: null, typed: [], rows: null, sent: null, uploaded: null, feed: null, copied: false,
});
/** @returns {Seen} */
const nothing = () => ({ status: 'loading', code: '', plannings: null, exports: null, shown: null, page: freshPage() });

/** @param {Parts} parts */
export function createCalendarActions({ store, engine }) {
  let seen = nothing();
  let hash = '';
  let owner = 0;
  let triedAt = -Infinity;
  let cursor = '';
  let wasUp = false;
  let moved = false;
  let soon = false;
  let visit = 0;
  /** @type {Said | null} */
  let carried = null;

  /** @param {Partial<Seen>} changes */
  const set = (changes) => {
    seen = { ...seen, ...changes };
    store.set({});
  };
  /** @param {Partial<PageState>} changes */
  const say = (changes) => set({ page: { ...seen.page, ...changes } });
  const isShown = () => store.state.phase === 'ready' && !store.state.locked && placeOf(location.hash) !== null;
  const here = () => {
    // Whoever comes back to an address comes to another page.
    const [at, which] = [location.hash, visit];
    return () => location.hash === at && visit === which;
  };
  /** @param {unknown} error a sign-in that has ended is the engine's to find out, and to act upon */
  const report = (error) => {
    if (error instanceof Problem && error.status === 401) void engine.sync();
    if (!(error instanceof Offline || error instanceof Problem)) console.error(error);
  };

  // What an action has changed is read after it, also where a reading was on its way.
  const load = singleFlight(async () => {
    triedAt = performance.now();
    const asked = owner;
    try {
      const [plannings, exports, shown] = await Promise.all(
        ['/api/plannings', '/api/calendar-exports', '/api/calendar-exports/settings'].map((path) => engine.ask('GET', path)),
      );
      if (asked === owner) set({ status: 'ready', code: '', plannings, exports, shown });
    } catch (error) {
      report(error);
      if (asked === owner) set({ status: error instanceof Offline ? 'offline' : 'error', code: error instanceof Problem ? error.code : '' });
    }
  });

  const loadPlannings = async () => {
    const asked = owner;
    const plannings = await engine.ask('GET', '/api/plannings');
    if (asked === owner) set({ plannings });
    return plannings;
  };

  /** @param {string} to @param {Said} done */
  const leaveTo = (to, done) => {
    carried = done;
    // A change of address puts the focus on the new page's title first, two frames after it.
    addEventListener('hashchange', () => requestAnimationFrame(() => requestAnimationFrame(() => focusOn('#calendar-done'))), { once: true });
    location.hash = to;
  };

  /** @type {Desk['attempt']} */
  const attempt = async (busy, work) => {
    if (seen.page.busy) return;
    const same = here();
    say({ busy, done: null, error: null, errors: {} });
    /** @type {Outcome} */
    let outcome;
    try {
      outcome = await work();
    } catch (error) {
      report(error);
      outcome = refusal(error, busy);
      // Nothing has this id, or something that is no more: sent again it would only be refused again.
      if (error instanceof Problem && (error.status === 404 || error.status === 409)) outcome.sent = null;
    }
    if (!same()) return;
    if ('to' in outcome) return leaveTo(outcome.to, outcome.done);
    const changes = outcome;
    say({ busy: null, ...changes });
    if (!isShown()) return;
    const [field] = Object.keys(changes.errors ?? {});
    if (changes.done) focusOn('#calendar-done');
    else if (changes.error) focusOn('#calendar-error');
    else if (field) desk.wrong(field);
  };

  const look = () => {
    const { held, network } = store.state;
    const who = held.me?.agent.id ?? 0;
    if (who !== owner || store.state.phase !== 'ready') {
      owner = who;
      seen = nothing();
      triedAt = -Infinity;
      visit += 1;
    }
    if (location.hash !== hash) {
      // An address that is said once goes with the page that said it, and so does what was asked on it.
      hash = location.hash;
      seen = { ...seen, page: { ...freshPage(), done: carried } };
      carried = null;
      moved = true;
      visit += 1;
    }
    const isBack = network.state === 'up' && !wasUp;
    wasUp = network.state === 'up';
    if (!isShown() || document.hidden) return;
    const changed = held.cursor !== cursor;
    cursor = held.cursor;
    const age = performance.now() - triedAt;
    if (age > (moved ? NEW_MS : OLD_MS) || ((isBack || changed) && triedAt > 0)) {
      moved = false;
      void load();
    } else if (moved && !soon) {
      soon = true;
      setTimeout(() => {
        soon = false;
        look();
      }, NEW_MS);
    }
  };
  store.subscribe(look);
  look();

  /** @type {Desk} */
  const desk = {
    ask: engine.ask.bind(engine),
    read: () => seen,
    say,
    attempt,
    load,
    loadPlannings,
    here,
    wrong: (name) => focusOn(`[name="${name === 'words' ? 'word' : name}"]`),
  };
  return {
    read: () => seen,
    retry: () => {
      set({ status: 'loading' });
      void load();
    },
    /** @param {boolean} asking whoever thinks better of it goes on where they were */
    ask: (asking) => {
      say({ asking, done: null, error: null });
      focusOn(asking ? '#asking-title' : '[data-asks]');
    },
    /** A trial goes when something else stands in the form than what was tried. @param {Event} event */
    touched: ({ target }) => {
      if (isOutdatedBy(seen.page.trial, /** @type {HTMLInputElement} */ (target).name)) say({ trial: null });
    },
    sources: sourceActions(desk),
    exports: exportActions(desk),
  };
}

/** What has a field of its own to be said at. */
const FIELDS = new Set(['name', 'url', 'user', 'password', 'mail', 'poll_minutes', 'silent_after_minutes', 'words']);
const MISSING = /** @type {const} */ ({ name: 'cal_name_missing', url: 'cal_url_missing', mail: 'cal_mail_missing', words: 'cal_words_missing' });

/** What leaves something written on the page. */
const FORMS = ['add', 'edit', 'test'];

/**
 * What a refusal says, at the fields and of all: also where one of several has no field.
 * @param {unknown} error
 * @param {string} busy
 * @returns {Partial<PageState>}
 */
function refusal(error, busy) {
  const errors = fieldErrors(error);
  const isWhole = errors !== null && fieldsTold(error).every(([name]) => FIELDS.has(name));
  return { errors: errors ?? {}, error: isWhole ? null : explained(error, busy) };
}

/** @param {unknown} error @returns {[string, unknown][]} */
function fieldsTold(error) {
  return error instanceof Problem && error.code === 'invalid_arguments' ? Object.entries(error.detail.fields ?? {}) : [];
}

/**
 * What the server says of single fields, or null.
 * @param {unknown} error
 * @returns {PageState['errors'] | null}
 */
export function fieldErrors(error) {
  const known = fieldsTold(error).filter(([name]) => FIELDS.has(name));
  if (known.length === 0) return null;
  return Object.fromEntries(known.map(([name, code]) => {
    const missing = MISSING[/** @type {keyof typeof MISSING} */ (name)];
    if (missing && (name !== 'url' || code === 'missing')) return [name, missing];
    return [name, name === 'url' ? whyKey(String(code)) : calendarKeyOr(`cal_field_${code}`, 'cal_field_wrong')];
  }));
}

/**
 * @param {unknown} error
 * @param {string} [busy] what was being done
 * @returns {Said}
 */
export function explained(error, busy = 'edit') {
  const written = FORMS.includes(busy);
  if (error instanceof Offline) return { key: written ? 'cal_offline_act' : busy === 'feed' ? 'cal_offline_feed' : 'cal_offline_done' };
  const other = written ? 'cal_error' : 'cal_error_done';
  if (!(error instanceof Problem)) return { key: other, values: { code: '' } };
  if (error.status === 429) {
    const n = Math.ceil((Number(error.detail.retry_after) || OFTEN_S) / 60);
    return { key: n === 1 ? 'cal_often_one' : 'cal_often_many', values: { n } };
  }
  return { key: calendarKeyOr(`cal_problem_${error.code}`, other), values: { code: error.code } };
}
