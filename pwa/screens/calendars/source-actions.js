import { focusOn } from '../../ui/dom.js';
import { isOutdatedBy, runTrial, showing } from './trial.js';
import { headerOf, upload } from './upload.js';
import { CALENDARS, planningAt } from './places.js';
import { fieldsOf, headerSaid, isTable, readSource, sourceErrors } from './read-form.js';
import { sentAs } from './sent.js';

/**
 * @typedef {import('./shapes').Planning} Planning
 * @typedef {import('./shapes').SourceKind} SourceKind
 * @typedef {import('./actions.js').Desk} Desk
 */

const LOOK_MS = 1_000;
/** A reading that takes its time is looked for more and more seldom. */
const LONGEST_LOOK_MS = 10_000;
/** As long as a slow server may take, and its place in the queue. */
const PATIENCE_MS = 90_000;
/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The last try has ended, well or not; one is written down when it begins.
 * @param {Planning} planning
 */
const isTold = ({ tried_at, succeeded_at, failure }) => Boolean(tried_at)
  && [succeeded_at, failure?.at].some((at) => at && Date.parse(at) >= Date.parse(tried_at ?? at));

/** @param {(name: string) => string} said how often it is read, and how long it may be silent, in minutes; null as is usual */
const limits = (said) => ({ poll: Number(said('poll_minutes')), silent: Number(said('silent_after_minutes')) || null });

/** @param {number | null} silent */
const asLimit = (silent) => (silent === null ? {} : { silent_after_minutes: silent });

/**
 * What comes in: trying, adding, changing, pausing, reading now, uploading, revoking.
 * @param {Desk} desk
 */
export function sourceActions({ ask, read, say, attempt, load, loadPlannings, here, wrong }) {
  let key = 0;
  /** @type {Map<string, string[]>} what the columns of the last file of each table are called */
  const headers = new Map();

  /**
   * Whether a form may be sent; what is wrong with it is said where it is.
   * @param {ReturnType<typeof readSource>} source
   * @param {Parameters<typeof sourceErrors>[1]} about
   */
  const isRight = (source, about) => {
    const errors = sourceErrors(source, about);
    const [first] = Object.keys(errors);
    say({ errors, error: null, done: null });
    if (first) wrong(first);
    return !first;
  };

  /** @param {Planning} planning @param {string} busy @param {Record<string, unknown>} changes @param {import('./words.js').CalendarKey} done */
  const change = (planning, busy, changes, done) => attempt(busy, async () => {
    await ask('PATCH', `/api/plannings/${planning.id}`, changes);
    await load();
    return { done: { key: done } };
  });

  return {
    /** @param {SourceKind} kind */
    choose: (kind) => say({ kind, trial: null, errors: {}, error: null }),

    /**
     * Try what stands in the form, without keeping anything.
     * @param {HTMLFormElement} form
     * @param {SourceKind} kind
     * @param {Planning | null} known whose stored address stands in for an empty one
     */
    async test(form, kind, known) {
      const source = readSource(form, kind);
      if (read().page.busy || !isRight(source, { known: Boolean(known?.host) })) return;
      const { columns } = source;
      const same = here();
      await attempt('test', async () => {
        await runTrial({ ...source, source_id: known?.id ?? null }, {
          ask,
          // What was tried is what is kept: a field that becomes a choice begins with what was typed in it.
          show: showing({ read, say, here }, (trial) => (columns ? { columns, ...headerSaid(trial, columns, read().page.typed) } : {})),
          wait,
          now: () => performance.now(),
        });
        return {};
      });
      // Without an answer there is no trial to show, only why.
      if (same() && read().page.error) say({ trial: null });
    },

    /**
     * @param {SubmitEvent} event
     * @param {SourceKind} kind
     */
    async add(event, kind) {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      const { said } = fieldsOf(form);
      const source = readSource(form, kind);
      if (read().page.busy || !isRight(source, { known: false, name: said('name'), ...limits(said) })) return;
      await attempt('add', async () => {
        const added = {
          ...source,
          name: said('name'),
          agent_id: isTable(kind) ? null : Number(said('agent')) || null,
          poll_minutes: limits(said).poll,
          ...asLimit(limits(said).silent),
        };
        const sent = sentAs(read().page.sent, added);
        say({ sent });
        /** @type {Planning} */
        const made = await ask('POST', '/api/plannings', { id: sent.id, ...added });
        // Now, and not with the next minute: whoever has just named it waits for it.
        if (source.url) await ask('POST', `/api/plannings/${made.id}/poll`).catch(() => undefined);
        await load();
        return { to: planningAt(made.id), done: { key: source.url ? 'cal_added' : 'cal_added_table', values: { name: made.name } } };
      });
    },

    /**
     * @param {SubmitEvent} event
     * @param {Planning} planning
     */
    async edit(event, planning) {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      const { said } = fieldsOf(form);
      const { kind, url, user, password, tentative_counts, columns, words } = readSource(form, planning.kind);
      const source = { kind, url, user, password, tentative_counts, columns, words };
      if (read().page.busy || !isRight(source, { known: true, name: said('name'), ...limits(said) })) return;
      await attempt('edit', async () => {
        await ask('PATCH', `/api/plannings/${planning.id}`, {
          name: said('name'),
          poll_minutes: limits(said).poll,
          ...asLimit(limits(said).silent),
          ...(isTable(kind) ? { columns, words } : { tentative_counts }),
          // What is not typed stays; another host is not told the password of the one before.
          ...(url ? { url } : {}),
          ...(user ? { user } : {}),
          ...(password ? { password } : {}),
        });
        await load();
        return { to: planningAt(planning.id), done: { key: 'cal_changed' } };
      });
    },

    /** @param {Planning} planning */
    pause: (planning) => change(planning, 'pause', { paused: true }, 'cal_paused_done'),
    /** @param {Planning} planning */
    resume: (planning) => change(planning, 'pause', { paused: false }, 'cal_resumed_done'),

    /**
     * Read it now, and say what came of it.
     * @param {Planning} planning
     */
    poll: (planning) => attempt('poll', async () => {
      const same = here();
      /** @type {{tried_at: string | null}} */
      const before = await ask('POST', `/api/plannings/${planning.id}/poll`);
      const since = performance.now();
      for (let pause = LOOK_MS; performance.now() - since < PATIENCE_MS && same(); pause = Math.min(1.5 * pause, LONGEST_LOOK_MS)) {
        const now = (await loadPlannings()).find(({ id }) => id === planning.id);
        if (!now) return { error: { key: 'cal_gone' } };
        if (now.tried_at !== before.tried_at && isTold(now)) return now.failure ? { error: { key: 'cal_poll_failed' } } : { done: { key: 'cal_poll_done' } };
        await wait(pause);
      }
      return { error: { key: 'cal_poll_lost' } };
    }),

    /**
     * @param {SubmitEvent} event
     * @param {Planning} planning
     */
    async upload(event, planning) {
      event.preventDefault();
      const file = /** @type {File | null} */ (fieldsOf(/** @type {HTMLFormElement} */ (event.currentTarget)).data.get('table'));
      if (!file?.name) {
        say({ errors: { table: 'cal_upload_missing' } });
        return wrong('table');
      }
      return attempt('upload', async () => {
        headers.set(planning.id, await headerOf(file));
        const told = await upload(ask, planning.id, file);
        if ('failed' in told) return { uploaded: null, trial: told.failed };
        await load();
        return { uploaded: told.uploaded, trial: null, done: { key: 'cal_uploaded' } };
      });
    },

    /** @param {Planning} planning */
    revoke: (planning) => attempt('revoke', async () => {
      await ask('DELETE', `/api/plannings/${planning.id}`);
      await load();
      return { to: CALENDARS, done: { key: 'cal_revoked', values: { name: planning.name } } };
    }),

    /** @param {string} id @returns {readonly string[]} the columns of the last file that was handed in for it */
    headerOf: (id) => headers.get(id) ?? [],
    /** @param {string} field that somebody has just chosen anew */
    mended: (field) => {
      const { [field]: _, ...errors } = read().page.errors;
      say({ errors });
    },
    /** A name that is not among those that may be chosen. @param {keyof import('./shapes').Columns} name */
    typeColumn(name) {
      const { [`column_${name}`]: _, ...errors } = read().page.errors;
      say({ typed: [...read().page.typed, name], errors });
      wrong(`column_${name}`);
    },
    /** @param {import('./shapes').WordRow[]} rows */
    addWord(rows) {
      key += 1;
      say({ rows: [...rows, { key: -key, word: '', position: 'employed' }] });
      wrong(`word"][data-key="${-key}`);
    },
    /** @param {import('./shapes').WordRow[]} rows @param {number} gone */
    removeWord(rows, gone) {
      const at = rows.findIndex(({ key: one }) => one === gone);
      const near = rows[at + 1] ?? rows[at - 1];
      const { trial } = read().page;
      say({ rows: rows.filter((row) => row.key !== gone), trial: isOutdatedBy(trial, 'word') ? null : trial });
      focusOn(near ? `[name="word"][data-key="${near.key}"]` : '.calendar-words + button');
    },
  };
}
