// The terminal's start: opens the memory, shows what it holds, then keeps it in step with the server.

import { render } from 'lit-html';
import { createActions } from './actions.js';
import { watchIdle } from './lock/idle.js';
import { gateOf } from './lock/gate.js';
import { takeRoute } from './router.js';
import { app } from './screens/app.js';
import { Store, viewOf } from './store.js';
import { Engine } from './sync/engine.js';
import { readHeld } from './sync/held.js';
import { openMemory } from './sync/memory.js';
import { arrivals, decisions, departures } from './ui/changes.js';
import { contextOf } from './ui/context.js';
import { emptyForms } from './ui/forms.js';
import { lazy } from './ui/lazy.js';
import { dress, moveFocus } from './ui/page.js';
import { recall } from './ui/preferences.js';
import { steady } from './ui/steady.js';
import { loadLanguage, translator } from './ui/translate.js';
import { reasonOf } from './ui/words.js';

const TICK_MS = 15_000;

/** @type {Store<import('./store.js').State>} */
const store = new Store(/** @type {import('./store.js').State} */ ({
  phase: 'starting',
  held: { docs: [], outbox: [], conflicts: [], me: null, cursor: '', contactAt: null, lock: null, ended: null },
  network: { state: 'connecting', since: null, live: false },
  route: takeRoute(),
  notices: [],
  announcement: '',
  complete: false,
  update: false,
  locked: false,
  storage: 'safe',
  language: recall('language', /** @type {const} */ (['fr', 'en']), 'fr'),
  theme: recall('theme', /** @type {const} */ (['auto', 'light', 'dark']), 'auto'),
  forms: emptyForms(),
  now: Date.now(),
}));

void start();

async function start() {
  dress(store.state);
  const words = loadLanguage(store.state.language).catch(() => undefined);
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  const memory = await openMemory({ blocking: () => location.reload(), blocked: () => void showBroken(root, null) })
    .catch((error) => showBroken(root, error));
  await words;
  if (!memory) return;
  const { db, held, rescued } = memory;

  const others = 'BroadcastChannel' in window ? new BroadcastChannel('terminal') : null;
  const refresh = async () => show(engine.keeper.shown(await readHeld(db), store.state.held), db);
  /** @type {import('./sync/care.js').Care | undefined} */
  let care;
  const engine = new Engine(db, {
    changed: () => changed(),
    network: (network) => store.set({ network }),
    signedIn: () => store.set({ phase: 'ready', forms: emptyForms() }),
    signedOut: () => store.set({ phase: 'signed-out', locked: false, notices: [], forms: emptyForms() }),
    foreign: (owner) => store.set({ phase: 'signed-out', forms: { ...emptyForms(), foreign: owner } }),
    full: (full) => care?.full(full),
    stuck: () => care?.stuck(),
    now: () => new Date(),
  });
  const idle = watchIdle({ store, others });
  others?.addEventListener('message', async ({ data }) => {
    if (data !== 'changed') return idle.hear(data);
    await refresh();
    if (!store.state.forms.foreign) engine.follow(store.state.held);
    return undefined;
  });

  const changed = async () => {
    await refresh();
    others?.postMessage('changed');
  };
  const parts = {
    life: lazy(async () => (await import('./life/main.js')).createLife({ store, engine, db, changed, idle }), () => draw()),
    later: lazy(async () => (await import('./later.js')).createLater({ store, engine, db, refresh }), () => draw()),
  };
  const actions = createActions({ engine, update: () => care?.update() });
  // What was open is taken out of the page while it is locked, and comes back with what was typed in it.
  const curtain = document.createElement('div');
  curtain.id = root.id;
  const draw = () => {
    dress(store.state);
    const [shown, other] = gateOf(store.state) === 'lock' ? [curtain, root] : [root, curtain];
    render(app(contextOf(store.state, actions, parts)), shown);
    if (shown.isConnected) return;
    other.replaceWith(shown);
    if (shown === curtain) document.getElementById('pin')?.focus();
  };
  listen(engine, idle);

  const locked = Boolean(held.lock && held.me && !held.ended);
  const unread = /** @type {import('./types').Notice[]} */ ((await db.get('meta', 'notices')) ?? []);
  // Nothing comes back without a word either.
  const notices = rescued ? [...unread, { id: 'rescued', what: 'rescued', values: { n: String(rescued) } }] : unread;
  store.set({ held, locked, notices, phase: held.ended ? 'signed-out' : held.me ? 'ready' : 'starting' });
  if (locked) idle.ask();
  // The first picture waits for no frame.
  draw();
  store.subscribe(steady(draw));
  // The rest of a long list follows the first picture instead of delaying it, and so does what may be wanted later, and
  // all that needs no picture.
  requestAnimationFrame(() => setTimeout(async () => {
    store.set({ complete: true });
    parts.later.get();
    parts.life.get();
    const { careFor } = await import('./sync/care.js');
    care = careFor({ db, store, keeper: engine.keeper });
  }));
  await engine.start(held);
  if (store.state.held.me && store.state.phase === 'starting') store.set({ phase: 'ready' });
}

/**
/**
 * Without a memory there is no terminal, but never a blank page: what was found of the outbox is shown and can be sent.
 * @param {HTMLElement} root
 * @param {unknown} error null: another page holds on to the memory, and opening goes on once it is closed
 */
async function showBroken(root, error) {
  const { broken } = await import('./screens/broken.js');
  await broken(root, store, error);
}

/**
 * Put a new reading on screen, and say what came and what went; what went is kept until it is read.
 * @param {import('./types').Held} held
 * @param {import('./sync/db.js').Database} db
 */
function show(held, db) {
  const { state } = store;
  const [before, after] = [viewOf(state.held), viewOf(held)];
  const agent = held.me?.agent;
  const known = Boolean(agent && state.held.cursor && held.cursor);
  const gone = known && agent ? [...departures(before, after, agent.id), ...decisions(before, after, agent.id, Date.now())] : [];
  const [arrived] = known ? arrivals(before, after) : [];
  const t = translator(state.language);
  // Documents that this terminal may not see any more leave nothing behind, not even their names.
  const earlier = held.cursor ? state.notices.filter(({ id }) => !gone.some((notice) => notice.id === id)) : [];
  const notices = [...earlier, ...gone];
  if (gone.length) void db.put('meta', notices, 'notices');
  store.set({
    held,
    now: Date.now(),
    notices,
    locked: state.locked && Boolean(held.lock),
    announcement: arrived && !state.locked
      ? t('arrived', { reason: reasonOf(/** @type {any} */ ({ state }), arrived), commune: arrived.commune.name })
      : state.announcement,
  });
}

/**
 * @param {Engine} engine
 * @param {ReturnType<typeof watchIdle>} idle
 */
function listen(engine, idle) {
  addEventListener('hashchange', () => {
    const from = store.state.route;
    store.set({ route: takeRoute(), forms: { ...emptyForms(), foreign: store.state.forms.foreign } });
    requestAnimationFrame(() => requestAnimationFrame(() => moveFocus(from, store.state.route)));
  });
  addEventListener('online', () => void engine.sync());
  addEventListener('offline', () => engine.lost());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    tick();
    void engine.sync();
  });
  const tick = () => {
    idle.check();
    store.set({ now: Date.now() });
    void engine.expire();
  };
  setInterval(tick, TICK_MS);
}
