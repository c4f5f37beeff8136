import { silence } from '../push/silence.js';
import { Offline, Problem } from '../sync/api.js';
import { discardAll, discardOutbox } from '../sync/discard.js';
import { field, focusOn } from '../ui/dom.js';
import { emptyForms } from '../ui/forms.js';
import { remember } from '../ui/preferences.js';
import { loadLanguage } from '../ui/translate.js';
import { setForm } from './form.js';

/**
 * Signing in and out, and what becomes of the actions that wait meanwhile.
 * @param {import('./main.js').Parts} parts
 */
export function signInActions({ store, engine, db, changed }) {
  const leave = async () => {
    const owed = await engine.signOut();
    void silence();
    await discardAll(db, engine.keeper, owed === null ? null : { code: 'signed_out', at: new Date().toISOString(), owed });
    await changed();
    store.set({ phase: 'signed-out', locked: false, notices: [], forms: emptyForms() });
    location.hash = '';
  };

  return {
    /** @param {SubmitEvent} event */
    async signIn(event) {
      event.preventDefault();
      if (store.state.forms.life.signIn?.busy) return;
      const [login, password] = [field(event, 'login'), field(event, 'password', false)];
      if (!login || !password) {
        setForm(store, { signIn: { busy: false, error: 'sign_in_missing', wait: 0 } });
        focusOn(login ? '#password' : '#login');
        return;
      }
      setForm(store, { signIn: { busy: true, error: null, wait: 0 } });
      try {
        if (await engine.signIn(login, password)) store.set({ phase: 'ready', locked: false, forms: emptyForms() });
      } catch (error) {
        setForm(store, { signIn: { busy: false, ...explained(error, 'sign_in_wrong', 'sign_in_offline') } });
        focusOn('#password');
      }
    },

    togglePassword: () => setForm(store, { shown: !store.state.forms.life.shown }),

    async signOut() {
      if (store.state.held.outbox.length > 0) setForm(store, { leaving: true });
      else await leave();
    },
    signOutAndLose: leave,
    stay: () => setForm(store, { leaving: false, discarding: false, forgetting: false }),

    discard: () => setForm(store, { discarding: true }),
    async discardNow() {
      await discardOutbox(db, engine.keeper);
      await changed();
      setForm(store, { discarding: false });
      focusOn('#page-title');
    },

    keepForeign: () => store.set({ phase: 'signed-out', forms: emptyForms() }),
    async discardForeign() {
      await discardAll(db, engine.keeper);
      await changed();
      store.set({ phase: 'signed-out', forms: emptyForms() });
    },

    /** @param {'fr' | 'en'} language */
    async setLanguage(language) {
      await loadLanguage(language);
      remember('language', language);
      store.set({ language });
    },

    /** @param {import('../store.js').State['theme']} theme */
    setTheme(theme) {
      remember('theme', theme);
      store.set({ theme });
    },
  };
}

/**
 * What went wrong, in words.
 * @param {unknown} error
 * @param {import('./words.js').LifeKey} wrong what a refusal means here
 * @param {import('./words.js').LifeKey} offline
 * @returns {{error: import('./words.js').LifeKey, wait: number}}
 */
export function explained(error, wrong, offline) {
  if (error instanceof Offline) return { error: offline, wait: 0 };
  if (error instanceof Problem && error.status === 429) return { error: 'sign_in_often', wait: Number(error.detail.retry_after) || 60 };
  if (error instanceof Problem && error.status < 500) return { error: wrong, wait: 0 };
  return { error: 'sign_in_error', wait: 0 };
}
