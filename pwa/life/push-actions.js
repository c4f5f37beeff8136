import { subscribe, renew, keyOf, toSend } from '../push/subscription.js';
import { keptBy, PATH } from '../push/repair.js';
import { keepSubscribed } from '../push/keep-subscribed.js';
import { Offline, Problem } from '../sync/api.js';
import { field, focusOn } from '../ui/dom.js';
import { wayBack } from './browser-kind.js';
import { setForm } from './form.js';
import { isOn } from './pages.js';
import { runTest } from './push-test.js';
import { lifeKeyOr } from './words.js';

/**
 * @typedef {import('./forms.js').PushForm} PushForm
 * @typedef {import('../push/subscription.js').Quiet} Quiet
 */

/** @returns {PushForm} */
const none = () => ({ status: 'loading', on: false, busy: false, quiet: null, error: null, code: '', done: null, test: null });

/**
 * The notifications of this terminal: on, off, when they are quiet, and whether they arrive. All of it needs the network.
 * @param {import('./main.js').Parts} parts
 */
export function pushActions(parts) {
  const { store, engine } = parts;
  const ask = engine.ask.bind(engine);
  const push = keepSubscribed(parts);
  const form = () => store.state.forms.life.push ?? none();
  /** @param {Partial<PushForm>} changes */
  const say = (changes) => setForm(store, { push: { ...form(), ...changes } });
  const isHere = () => isOn(store.state.route, 'notifications') && store.state.phase === 'ready' && Boolean(store.state.held.me?.enrolled);

  const load = async () => {
    try {
      // Whoever cannot reach the browser's push service can still turn it off, or find out by the test.
      const trouble = await push.compare().then(() => null, (error) => {
        if (error instanceof Offline || error instanceof Problem) throw error;
        return explained(error);
      });
      const kept = await keptBy(ask);
      if (isHere()) say({ status: 'ready', on: Boolean(kept), quiet: kept?.quiet ?? null, ...trouble });
    } catch (error) {
      if (isHere()) say({ status: error instanceof Offline ? 'offline' : 'error', code: explained(error).code });
    }
  };

  /**
   * One thing at a time, and what goes wrong in words.
   * @param {() => Promise<Partial<PushForm>>} work
   */
  const attempt = async (work) => {
    if (form().busy) return;
    say({ busy: true, error: null, done: null, code: '' });
    /** @type {Partial<PushForm>} */
    let changes;
    try {
      changes = await work();
    } catch (error) {
      changes = explained(error);
    }
    if (isHere()) say({ busy: false, ...changes });
    if (changes.done) focusOn('#push-done');
  };

  /** @param {Quiet | null} quiet */
  const tell = (quiet) => push.alone(async () => {
    const manager = await push.manager();
    const { key } = await ask('GET', '/api/push/key');
    if (!key) throw new Problem(409, 'push_off', {});
    const own = await manager.getSubscription();
    const now = !own ? await subscribe(manager, key) : keyOf(own) === key ? own : await renew(manager, own, key);
    await ask('PUT', PATH, toSend(now, store.state.language, quiet));
    await push.wish({ quiet, language: store.state.language });
  });

  let wasUp = false;
  const look = () => {
    const { network, locked, forms } = store.state;
    const isBack = network.state === 'up' && !wasUp;
    wasUp = network.state === 'up';
    if (!isHere() || locked || push.support() !== 'ready' || (forms.life.push && !isBack)) return;
    say({});
    void load();
  };
  store.subscribe(look);
  look();

  return {
    push,
    loadPush: () => { say({ status: 'loading' }); void load(); },

    // The browser's own question comes with this tap, and never before.
    turnOn: () => attempt(async () => {
      const answer = await Notification.requestPermission();
      // The button goes with a no, and the way back comes in its place.
      if (answer === 'denied') focusOn('#push-refused');
      if (answer !== 'granted') return { status: 'ready' };
      await tell(form().quiet);
      return { status: 'ready', on: true, done: 'push_is_on' };
    }),

    turnOff: () => attempt(async () => {
      await push.alone(async () => {
        await ask('DELETE', PATH);
        await push.wish(null);
        await (await (await push.manager()).getSubscription())?.unsubscribe();
      });
      return { on: false, test: null, done: 'push_is_off' };
    }),

    /** @param {SubmitEvent} event */
    keepQuiet(event) {
      event.preventDefault();
      const [from, until] = [field(event, 'from'), field(event, 'until')];
      if (!from || !until || from === until) {
        say({ error: 'quiet_missing', done: null });
        return focusOn(from ? '#quiet-until' : '#quiet-from');
      }
      return attempt(async () => {
        await tell({ from, until });
        return { quiet: { from, until }, done: 'quiet_kept' };
      });
    },
    noQuiet: () => attempt(async () => {
      await tell(null);
      return { quiet: null, done: 'quiet_none' };
    }),

    async testPush() {
      if (form().test?.running) return;
      // Its steps are below the button: on a small phone they would be told to nobody.
      requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('test-title')?.scrollIntoView()));
      await runTest({
        ask,
        refusal: () => (push.permission() === 'granted' ? null : push.permission() === 'denied' ? wayBack() : 'test_help_permission'),
        subscribed: async () => Boolean(await push.compare()) && Boolean(await keptBy(ask)),
        show: (test) => {
          if (isHere()) say({ test });
          return isHere();
        },
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        now: () => performance.now(),
      });
    },
  };
}

/**
 * @param {unknown} error
 * @returns {Pick<PushForm, 'error' | 'code'>}
 */
function explained(error) {
  if (error instanceof Offline) return { error: 'push_offline', code: '' };
  if (error instanceof Problem) return { error: error.status === 429 ? 'push_often' : lifeKeyOr(`push_${error.code}`, 'push_error'), code: error.code };
  // The browser's push service: not reached, not there, or kept from this device.
  return { error: 'push_no_service', code: error instanceof Error ? error.name : '' };
}
