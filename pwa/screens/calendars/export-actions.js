import { runTrial, showing } from './trial.js';
import { agendaAt, CALENDARS } from './places.js';
import { addressError, fieldsOf } from './read-form.js';
import { sentAs } from './sent.js';

/**
 * @typedef {import('./shapes').Export} Export
 * @typedef {import('./shapes').ExportKind} ExportKind
 * @typedef {import('./words.js').CalendarKey} CalendarKey
 */

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * What goes out: a feed of this terminal, an agenda, mails; and how much they may say.
 * @param {import('./actions.js').Desk} desk
 */
export function exportActions({ ask, read, say, attempt, load, here, wrong }) {
  /** @param {HTMLFormElement} form @param {ExportKind} kind */
  const readForm = (form, kind) => {
    const { said, secret } = fieldsOf(form);
    const caldav = kind === 'caldav';
    return {
      kind,
      name: said('name'),
      agent_id: Number(said('agent')) || null,
      url: caldav ? said('url') : '',
      user: caldav ? said('user') : '',
      password: caldav ? secret('password') : '',
      mail: kind === 'mail' ? said('mail') : '',
    };
  };

  /**
   * @param {ReturnType<typeof readForm>} about
   * @param {{named: boolean, known?: boolean}} where `named`: a name is asked for; `known`: the server has an address already
   */
  const isRight = ({ kind, name, url, mail }, { named, known = false }) => {
    /** @type {Record<string, CalendarKey>} */
    const errors = {};
    if (named && !name) errors.name = 'cal_name_missing';
    const wrongUrl = kind === 'caldav' ? (url ? addressError(url) : known ? null : 'cal_url_missing') : null;
    if (wrongUrl) errors.url = wrongUrl;
    if (kind === 'mail' && (mail || !known) && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(mail)) errors.mail = 'cal_mail_missing';
    const [first] = Object.keys(errors);
    say({ errors, error: null, done: null });
    if (first) wrong(first);
    return !first;
  };

  /** @param {Export} one @param {Record<string, unknown>} changes @param {CalendarKey} done */
  const change = (one, changes, done) => attempt('pause', async () => {
    await ask('PATCH', `/api/calendar-exports/${one.id}`, changes);
    await load();
    return { done: { key: done } };
  });

  return {
    /** @param {ExportKind} kind */
    choose: (kind) => say({ kind, trial: null, errors: {}, error: null }),

    /**
     * Sign in to the agenda and see whether one may write there.
     * @param {HTMLFormElement} form
     * @param {Export | null} known whose stored address, user and password stand in for empty ones
     */
    async test(form, known) {
      const about = readForm(form, 'caldav');
      if (read().page.busy || !isRight(about, { named: false, known: Boolean(known?.host) })) return;
      const { url, user, password } = about;
      const same = here();
      await attempt('test', async () => {
        await runTrial({ kind: 'caldav_export', url, user, password, tentative_counts: true, columns: null, words: null, source_id: known?.id ?? null }, {
          ask,
          show: showing({ read, say, here }),
          wait,
          now: () => performance.now(),
        });
        return {};
      });
      if (same() && read().page.error) say({ trial: null });
    },

    /** @param {SubmitEvent} event @param {ExportKind} kind */
    async add(event, kind) {
      event.preventDefault();
      const about = readForm(/** @type {HTMLFormElement} */ (event.currentTarget), kind);
      if (read().page.busy || !isRight(about, { named: true })) return;
      await attempt('add', async () => {
        const sent = sentAs(read().page.sent, about);
        say({ sent });
        /** @type {Export} */
        const made = await ask('POST', '/api/calendar-exports', { id: sent.id, ...about });
        await load();
        return { to: agendaAt(made.id), done: { key: kind === 'mail' ? 'cal_mail_added' : 'cal_agenda_added', values: { name: made.name } } };
      });
    },

    /**
     * What is not typed stays as it is. An agenda that stood still because of what is now mended goes on.
     * @param {SubmitEvent} event
     * @param {Export} one
     */
    async edit(event, one) {
      event.preventDefault();
      const about = readForm(/** @type {HTMLFormElement} */ (event.currentTarget), one.kind);
      if (read().page.busy || !isRight(about, { named: true, known: true })) return;
      const { name, url, user, password, mail } = about;
      const typed = Object.fromEntries(Object.entries({ url, user, password, mail }).filter(([, value]) => value));
      await attempt('edit', async () => {
        /** @type {Export} */
        const changed = await ask('PATCH', `/api/calendar-exports/${one.id}`, { name, ...typed });
        await load();
        return { to: agendaAt(one.id), done: { key: changed.state === 'paused' ? 'cal_agenda_changed_paused' : Object.keys(typed).length > 0 ? 'cal_agenda_changed' : 'cal_changed' } };
      });
    },

    /**
     * A feed for this terminal, in the place of the one that there may be. Its address is said this once.
     * @param {string} name
     */
    makeFeed: (name) => attempt('feed', async () => {
      /** @type {Export & {url: string}} */
      const made = await ask('POST', '/api/calendar-exports', { kind: 'feed', name, agent_id: null, url: '', user: '', password: '', mail: '' });
      await load();
      return { feed: made.url, copied: false, asking: false, done: { key: 'cal_feed_made' } };
    }),
    /** @param {string} url */
    copy: (url) => navigator.clipboard.writeText(url).then(() => say({ copied: true, error: null }), () => say({ error: { key: 'cal_copy_failed' } })),

    /** @param {Export} one */
    pause: (one) => change(one, { paused: true }, 'cal_export_paused'),
    /** @param {Export} one */
    resume: (one) => change(one, { paused: false }, 'cal_export_resumed'),
    /** @param {Export} one */
    run: (one) => attempt('run', async () => {
      await ask('POST', `/api/calendar-exports/${one.id}/run`);
      await load();
      return { done: { key: 'cal_export_run' } };
    }),
    /** @param {Export} one */
    revoke: (one) => attempt('revoke', async () => {
      await ask('DELETE', `/api/calendar-exports/${one.id}`);
      await load();
      return { to: CALENDARS, done: { key: one.kind === 'feed' ? 'cal_feed_revoked' : 'cal_export_revoked', values: { name: one.name } } };
    }),

    /**
     * What agendas may say of an appointment. The box shows what the server has, also after a refusal.
     * @param {HTMLInputElement} box
     * @param {keyof import('./shapes').Shown} name
     */
    async show(box, name) {
      const changes = { [name]: box.checked };
      await attempt('shown', async () => {
        const { subject, place } = { .../** @type {import('./shapes').Shown} */ (read().shown), ...changes };
        await ask('PUT', '/api/calendar-exports/settings', { subject, place });
        await load();
        return { done: { key: 'cal_shown_kept' } };
      });
      box.checked = Boolean(read().shown?.[name]);
    },
  };
}
