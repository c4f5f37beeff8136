// What a person can do on the screens. Each action changes the store or the outbox; screens never do.

import { address } from './router.js';
import { call, Offline, Problem } from './sync/api.js';
import { purge } from './sync/ownership.js';
import { emptyForms } from './ui/forms.js';
import { remember } from './ui/preferences.js';
import { loadLanguage } from './ui/translate.js';

const TYPING_PAUSE_MS = 250;
const COPIED_MS = 4000;
const DOUBLE_TAP_MS = 700;

/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {object} parts
 * @param {import('./store.js').Store<import('./store.js').State>} parts.store
 * @param {import('./sync/engine.js').Engine} parts.engine
 * @param {import('./sync/db.js').Database} parts.db
 * @param {() => Promise<void>} parts.refresh read again what is held
 * @param {() => void} parts.update let the waiting version take over
 */
export function createActions({ store, engine, db, refresh, update }) {
  /** @param {Partial<import('./ui/forms.js').Forms>} changes */
  const form = (changes) => store.set({ forms: { ...store.state.forms, ...changes } });
  /** @param {Partial<import('./ui/forms.js').Forms['transfer']>} changes */
  const transferForm = (changes) => form({ transfer: { ...store.state.forms.transfer, ...changes } });
  /** @param {string} id */
  const open = (id) => location.replace(address('request', id));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  /** @type {AbortController | undefined} */
  let search;

  const leave = async () => {
    await engine.signOut();
    await purge(db);
    await refresh();
    store.set({ phase: 'signed-out', notices: [], forms: emptyForms() });
    location.hash = '';
  };

  /** @param {string} q */
  const find = async (q) => {
    search?.abort();
    const own = (search = new AbortController());
    try {
      const found = await call('GET', `/api/units/search?q=${encodeURIComponent(q)}`, { signal: own.signal });
      if (search === own) transferForm({ status: 'idle', found });
    } catch (error) {
      if (search === own) transferForm({ status: error instanceof Offline ? 'offline' : 'error', found: null });
    }
  };

  return {
    /** @param {string} id */
    async accept(id) {
      // The disk before the screen: what was tapped is safe first.
      await engine.act({ op: 'request.accept', args: { request_id: id } }, () => {
        form({ settling: true });
        setTimeout(() => form({ settling: false }), DOUBLE_TAP_MS);
      });
      focusOn('.detail-state');
    },

    /** @param {string} id */
    async release(id) {
      await engine.act({ op: 'request.release', args: { request_id: id } });
      focusOn('.detail-state');
    },

    /**
     * The button that follows "Accept" takes its place under the thumb: the second half of a double tap is not for it.
     * @param {Event} event
     */
    settle(event) {
      if (store.state.forms.settling) event.preventDefault();
    },

    /**
     * @param {SubmitEvent} event
     * @param {string} id
     */
    async note(event, id) {
      event.preventDefault();
      const text = field(event, 'text');
      if (!text) return failed('note', 'note_missing', '#note-text');
      await engine.act({ op: 'request.note', args: { request_id: id, text } });
      return open(id);
    },

    /**
     * @param {SubmitEvent} event
     * @param {string} id
     */
    async close(event, id) {
      event.preventDefault();
      const outcome = /** @type {import('./types').Outcome | ''} */ (field(event, 'outcome'));
      if (!outcome) return failed('close', 'close_missing', 'input[name=outcome]');
      await engine.act({ op: 'request.close', args: { request_id: id, outcome } });
      return open(id);
    },

    /**
     * @param {SubmitEvent} event
     * @param {string} id
     */
    async transfer(event, id) {
      event.preventDefault();
      const { chosen } = store.state.forms.transfer;
      if (!chosen) {
        transferForm({ error: 'transfer_missing' });
        return focusOn('#transfer-search');
      }
      const args = { request_id: id, to_unit_id: chosen.id, word: field(event, 'word') };
      await engine.act({ op: 'request.transfer', args, hint: { to_unit_name: chosen.name } });
      return open(id);
    },

    /** @param {InputEvent} event */
    searchUnits(event) {
      const q = /** @type {HTMLInputElement} */ (event.target).value.trim();
      clearTimeout(typing);
      search?.abort();
      search = undefined;
      const asks = q.length >= 2;
      transferForm({ chosen: null, error: null, status: asks ? 'searching' : 'idle', found: asks ? store.state.forms.transfer.found : null });
      if (asks) typing = setTimeout(() => void find(q), TYPING_PAUSE_MS);
    },

    /** @param {import('./types').FoundUnit} unit */
    chooseUnit: (unit) => transferForm({ chosen: unit, error: null }),

    /** @param {SubmitEvent} event */
    async signIn(event) {
      event.preventDefault();
      if (store.state.forms.signIn.busy) return;
      const [login, password] = [field(event, 'login'), field(event, 'password', false)];
      /** @param {Partial<import('./ui/forms.js').Forms['signIn']>} changes */
      const say = (changes) => form({ signIn: { ...store.state.forms.signIn, ...changes } });
      if (!login || !password) {
        say({ error: 'sign_in_missing' });
        focusOn(login ? '#password' : '#login');
        return;
      }
      say({ busy: true, error: null });
      try {
        if (await engine.signIn(login, password)) store.set({ phase: 'ready', forms: emptyForms() });
      } catch (error) {
        say({ busy: false, ...explained(error) });
        focusOn('#password');
      }
    },

    togglePassword: () => form({ signIn: { ...store.state.forms.signIn, shown: !store.state.forms.signIn.shown } }),

    async signOut() {
      if (store.state.held.outbox.length > 0) form({ leaving: true });
      else await leave();
    },
    signOutAndLose: leave,
    stay: () => form({ leaving: false }),

    keepForeign: () => store.set({ phase: 'signed-out', forms: emptyForms() }),
    async discardForeign() {
      await purge(db);
      await refresh();
      store.set({ phase: 'signed-out', forms: emptyForms() });
    },

    /** @param {string} id */
    async dismissConflict(id) {
      await db.delete('conflicts', id);
      await refresh();
      focusOn('#inbox-title');
    },

    /** @param {string} id */
    dismissNotice(id) {
      store.set({ notices: store.state.notices.filter((notice) => notice.id !== id) });
      focusOn('#inbox-title');
    },

    /** @param {string} text */
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        return; // Refused: the address is on screen to be selected by hand, and the button does not claim otherwise.
      }
      form({ copied: true });
      setTimeout(() => form({ copied: false }), COPIED_MS);
    },

    /** @param {'fr' | 'en'} language */
    async setLanguage(language) {
      await loadLanguage(language);
      remember('language', language);
      store.set({ language });
    },

    /** @param {import('./store.js').State['theme']} theme */
    setTheme(theme) {
      remember('theme', theme);
      store.set({ theme });
    },

    /** @param {Event} event */
    skip(event) {
      event.preventDefault();
      focusOn('#contenu');
    },

    retry: () => void engine.sync(),
    update,
  };

  /**
   * @param {'note' | 'close'} name
   * @param {import('./ui/translate.js').Key} error
   * @param {string} selector
   */
  function failed(name, error, selector) {
    form({ [name]: error });
    focusOn(selector);
  }
}

/**
 * @param {SubmitEvent} event
 * @param {string} name
 * @param {boolean} [trimmed]
 */
function field(event, name, trimmed = true) {
  const value = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get(name) ?? '');
  return trimmed ? value.trim() : value;
}

/** @param {string} selector */
function focusOn(selector) {
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus());
}

/**
 * @param {unknown} error
 * @returns {Pick<import('./ui/forms.js').Forms['signIn'], 'error' | 'wait'>}
 */
function explained(error) {
  if (error instanceof Offline) return { error: 'sign_in_offline', wait: 0 };
  if (error instanceof Problem && error.status === 429) return { error: 'sign_in_often', wait: Number(error.detail.retry_after) || 60 };
  if (error instanceof Problem && error.status < 500) return { error: 'sign_in_wrong', wait: 0 };
  return { error: 'sign_in_error', wait: 0 };
}
