// The page of plannings and agendas in front of a server that answers as a test says, with as much of a browser as its
// actions use.

import { createCalendarActions } from '../screens/calendars/actions.js';
import { CALENDARS } from '../screens/calendars/places.js';
import { Store } from '../store.js';
import { anAgent } from './samples.js';

export const LISTS = { '/api/plannings': [], '/api/calendar-exports': [], '/api/calendar-exports/settings': { subject: false, place: false } };
export const settled = () => new Promise((resolve) => setTimeout(resolve));
export const planning = /** @type {import('../screens/calendars/shapes').Planning} */ (/** @type {unknown} */ ({ id: 'p', kind: 'ical', name: 'Sacha', tried_at: null }));
export const feed = { id: 'f', kind: 'feed', name: 'Rendez-vous', url: 'https://brigade.example/agenda/secret.ics' };

/** @param {number} [id] */
export const held = (id = 1) => ({ me: { agent: anAgent({ id }), unit_id: 7 }, cursor: 'c', docs: [] });
/** A form is the fields that stand in it. @param {Record<string, string>} fields @returns {any} */
export const submitted = (fields) => ({ preventDefault: () => undefined, currentTarget: fields });
/** @param {string} path */
export const listAt = (path) => LISTS[/** @type {keyof typeof LISTS} */ (path)];

/** One test's page; `close` it after. */
export class CalendarPage {
  /** @type {Store<any>} */
  store = new Store({});
  /** @type {[string, string, unknown][]} */
  asked = [];
  /** @type {(method: string, path: string, body?: any) => Promise<any>} */
  answer = async (method, path) => (method === 'GET' ? listAt(path) : null);
  /** @type {string[]} */
  focused = [];
  /** @type {() => void} what a change of address sets off */
  moved = () => undefined;
  #form = globalThis.FormData;

  constructor() {
    Object.assign(globalThis, {
      document: { hidden: false, querySelector: (/** @type {string} */ name) => ({ focus: () => this.focused.push(name) }) },
      requestAnimationFrame: (/** @type {() => void} */ run) => run(),
      addEventListener: (/** @type {string} */ _, /** @type {() => void} */ heard) => { this.moved = heard; },
      location: { hash: CALENDARS },
      FormData: class {
        constructor(/** @type {Record<string, string>} */ fields) {
          this.get = (/** @type {string} */ name) => fields[name] ?? null;
          this.getAll = (/** @type {string} */ name) => (name in fields ? [fields[name]] : []);
          this.has = (/** @type {string} */ name) => name in fields;
        }
      },
    });
  }

  close() {
    globalThis.FormData = this.#form;
  }

  /** Somebody opens it here. */
  async open(hash = CALENDARS) {
    location.hash = hash;
    this.store = new Store({ phase: 'ready', locked: false, held: held(), network: { state: 'up' } });
    const engine = {
      ask: (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
        this.asked.push([method, path, body]);
        return this.answer(method, path, body);
      },
      sync: async () => undefined,
    };
    const acts = createCalendarActions({ store: this.store, engine: /** @type {any} */ (engine) });
    await settled();
    return acts;
  }

  /** Go where a link leads. @param {string} hash */
  go(hash) {
    location.hash = hash;
    this.store.set({});
  }

  /**
   * A change is answered when it is let go; `asked` once somebody waits for it.
   * @param {unknown} told
   */
  heldBack(told) {
    let [arrive, ask] = [() => undefined, () => undefined];
    const asked = new Promise((resolve) => { ask = () => void resolve(null); });
    this.answer = (method, path) => {
      if (method === 'GET') return Promise.resolve(listAt(path));
      ask();
      return new Promise((resolve) => { arrive = () => void resolve(told); });
    };
    return { asked, arrive: () => arrive() };
  }
}
