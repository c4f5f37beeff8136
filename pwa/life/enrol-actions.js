import { address } from '../router.js';
import { field, focusOn } from '../ui/dom.js';
import { emptyForms } from '../ui/forms.js';
import { setForm } from './form.js';
import { explained } from './sign-in-actions.js';

/**
 * This device becomes a terminal.
 * @param {import('./main.js').Parts} parts
 */
export function enrolActions({ store, engine }) {
  return {
    /** @param {SubmitEvent} event */
    async enrol(event) {
      event.preventDefault();
      if (store.state.forms.life.signIn?.busy) return;
      const [code, name] = [store.state.route.id ?? field(event, 'code'), field(event, 'name')];
      if (!code || !name) {
        setForm(store, { signIn: { busy: false, error: 'enrol_missing', wait: 0 } });
        focusOn(code ? '#enrol-name' : '#enrol-code');
        return;
      }
      setForm(store, { signIn: { busy: true, error: null, wait: 0 } });
      try {
        const mine = await engine.enrol(code, name);
        const { forms } = store.state;
        history.replaceState(null, '', address('inbox'));
        store.set({
          route: { screen: 'inbox', id: null },
          ...(mine ? { phase: 'ready', locked: false, forms: emptyForms() } : { forms: { ...forms, life: {} } }),
        });
        focusOn('#page-title');
      } catch (error) {
        const told = explained(error, 'enrol_wrong', 'enrol_offline');
        // Another code has to be typed, or read: the one that was wrong is not shown again.
        if (told.error === 'enrol_wrong') store.set({ route: { screen: 'enrol', id: null } });
        setForm(store, { signIn: { busy: false, ...told } });
        focusOn('#enrol-code, #enrol-name');
      }
    },
  };
}
