// Where the focus goes when what had it is no longer there.

import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import { Store } from '../../store.js';
import { createCalendarActions } from './actions.js';

/** @type {string[]} */
let focused;
/** @type {ReturnType<typeof createCalendarActions>} */
let acts;

beforeEach(() => {
  focused = [];
  Object.assign(globalThis, {
    document: { hidden: false, querySelector: (/** @type {string} */ name) => ({ focus: () => focused.push(name) }) },
    requestAnimationFrame: (/** @type {() => void} */ run) => run(),
    location: { hash: '#/demandes' },
  });
  const store = new Store({ phase: 'ready', locked: false, held: { me: null, cursor: '', docs: [] }, network: { state: 'up' } });
  acts = createCalendarActions({ store: /** @type {any} */ (store), engine: /** @type {any} */ ({ ask: async () => null }) });
});

test('a question takes the focus, and gives it back to the button that asked it', () => {
  acts.ask(true);
  acts.ask(false);
  assert.deepEqual(focused, ['#asking-title', '[data-asks]']);
});

test('a word that goes leaves the focus to the next, the last one to that before, the only one to the button for more', () => {
  const rows = [0, 1, 2].map((key) => ({ key, word: 'x', position: /** @type {const} */ ('employed') }));
  acts.sources.removeWord(rows, 1);
  acts.sources.removeWord(rows, 2);
  acts.sources.removeWord(rows.slice(0, 1), 0);
  assert.deepEqual(focused, ['[name="word"][data-key="2"]', '[name="word"][data-key="1"]', '.calendar-words + button']);
});
