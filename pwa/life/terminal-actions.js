import { Offline, Problem } from '../sync/api.js';
import { field, focusOn } from '../ui/dom.js';
import { setForm } from './form.js';
import { isOn } from './pages.js';

/**
 * @typedef {import('./forms.js').LifeForms} LifeForms
 * @typedef {import('../types').EnrolledTerminal} EnrolledTerminal
 */

/** @returns {LifeForms['terminals']} */
const none = () => ({ status: 'loading', list: [], revoking: null, revoked: null });

/**
 * The enrolled terminals: listing them, offering a code for one more, revoking one. All of it needs the network.
 * @param {import('./main.js').Parts} parts
 */
export function terminalActions({ store, engine }) {
  /** @param {Partial<LifeForms['terminals']>} changes */
  const say = (changes) => setForm(store, { terminals: { ...(store.state.forms.life.terminals ?? none()), ...changes } });
  const isHere = () => isOn(store.state.route, 'terminaux') && store.state.phase === 'ready';

  /** @param {unknown} error */
  const failed = (error) => {
    // A sign-in that has ended is the engine's to find out, and to act upon.
    if (error instanceof Problem && error.status === 401) void engine.sync();
    return error instanceof Offline ? /** @type {const} */ ('offline') : /** @type {const} */ ('error');
  };

  /** @returns {Promise<EnrolledTerminal[] | null>} */
  const load = async () => {
    try {
      const list = /** @type {EnrolledTerminal[]} */ (await engine.ask('GET', '/api/terminals'));
      if (isHere()) say({ status: 'ready', list });
      return list;
    } catch (error) {
      if (isHere()) say({ status: failed(error) });
      return null;
    }
  };

  let wasUp = false;
  const look = () => {
    const { network, locked, forms } = store.state;
    const isBack = network.state === 'up' && !wasUp;
    wasUp = network.state === 'up';
    if (!isHere() || locked || (forms.life.terminals && !isBack)) return;
    say({});
    void load();
  };
  store.subscribe(look);
  look();

  return {
    loadTerminals: () => { say({ status: 'loading' }); void load(); },

    /** @param {string | null} id */
    async revoke(id) {
      say({ revoking: id, revoked: null });
      focusOn(id ? `#revoke-${CSS.escape(id)}` : '#page-title');
    },

    /** @param {EnrolledTerminal} terminal */
    async revokeNow(terminal) {
      try {
        await engine.ask('DELETE', `/api/terminals/${terminal.id}`);
        say({ revoking: null, revoked: terminal.name });
        if (terminal.this) void engine.sync();
        else await load();
        focusOn('#revoked');
      } catch (error) {
        say({ status: failed(error), revoking: null });
      }
    },

    /** @param {SubmitEvent} event */
    async offer(event) {
      event.preventDefault();
      const { held, forms } = store.state;
      if (forms.life.offer?.status === 'asking') return;
      const agent = Number(field(event, 'agent')) || null;
      setForm(store, { offer: { status: 'asking', code: '', offer: null } });
      try {
        const known = await load();
        const made = await engine.ask('POST', '/api/terminals/enrolments', { agent_id: agent === held.me?.agent.id ? null : agent });
        const offer = { ...made, known: (known ?? []).map(({ id }) => id), used: null };
        if (isHere()) setForm(store, { offer: { status: 'shown', code: '', offer } });
        focusOn('#offer-title');
      } catch (error) {
        setForm(store, { offer: { status: failed(error), code: error instanceof Problem ? error.code : '', offer: null } });
      }
    },
    closeOffer() {
      setForm(store, { offer: undefined });
      focusOn('#page-title');
    },

    /** Has the code on show been used? The list says so. */
    async lookForUse() {
      const list = await load();
      const shown = store.state.forms.life.offer;
      if (!list || !shown?.offer) return;
      const { agent, known } = shown.offer;
      const used = list.find((one) => one.agent.id === agent.id && !known.includes(one.id));
      if (used) setForm(store, { offer: { ...shown, offer: { ...shown.offer, used } } });
    },
  };
}
