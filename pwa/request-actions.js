// What a person does with a request, and with what was refused. Each action changes the store or the outbox; screens never do.

import { address } from './router.js';
import { call, Offline } from './sync/api.js';
import { field, focusOn } from './ui/dom.js';

const TYPING_PAUSE_MS = 250;
const COPIED_MS = 4000;
const DOUBLE_TAP_MS = 700;

/** @typedef {ReturnType<typeof createRequestActions>} RequestActions */

/**
 * @param {object} parts
 * @param {import('./store.js').Store<import('./store.js').State>} parts.store
 * @param {import('./sync/engine.js').Engine} parts.engine
 * @param {import('./sync/db.js').Database} parts.db
 * @param {() => Promise<void>} parts.refresh read again what is held
 */
export function createRequestActions({ store, engine, db, refresh }) {
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
     * The button that follows "Accept" takes its place under the thumb: neither the second half of a double tap nor the focus is for it.
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

    /** @param {string} id */
    async dismissConflict(id) {
      await db.delete('conflicts', id);
      await refresh();
      focusOn('#page-title, #inbox-title');
    },

    /** @param {string} id */
    async dismissNotice(id) {
      const rest = () => store.state.notices.filter((notice) => notice.id !== id);
      await db.put('meta', rest(), 'notices');
      store.set({ notices: rest() });
      focusOn('#page-title, #inbox-title');
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
