// Changing an agenda: what is typed is sent and nothing else, and the page says what has come of it.

import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';
import { exportActions } from './export-actions.js';
import { agendaAt } from './places.js';
import { calendarTranslator, exportWhy } from './words.js';

const RealFormData = globalThis.FormData;
/** @type {[string, string, unknown][]} */
let asked;
/** @type {unknown[]} */
let left;
/** @type {Record<string, string>} */
let errors;
let state = 'waiting';

beforeEach(() => {
  [asked, left, errors, state] = [[], [], {}, 'waiting'];
  // A form is the fields that stand in it.
  Object.assign(globalThis, { FormData: class { constructor(/** @type {Record<string, string>} */ fields) { this.get = (/** @type {string} */ name) => fields[name] ?? null; } } });
});
afterEach(() => { globalThis.FormData = RealFormData; });

function deskOf() {
  const desk = {
    ask: async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
      asked.push([method, path, body]);
      return { state, code: null, found: null };
    },
    read: () => ({ page: { busy: null } }),
    say: (/** @type {{errors?: Record<string, string>}} */ changes) => { errors = changes.errors ?? errors; },
    attempt: async (/** @type {string} */ _, /** @type {() => Promise<{to: string, done: unknown}>} */ work) => {
      const { to, done } = await work();
      left.push([to, done]);
    },
    load: async () => undefined,
    here: () => () => true,
    wrong: () => undefined,
  };
  return { does: exportActions(/** @type {any} */ (desk)) };
}

/** @param {'caldav' | 'mail' | 'feed'} kind @param {Record<string, string>} fields */
async function edit(kind, fields) {
  const event = /** @type {any} */ ({ preventDefault: () => undefined, currentTarget: fields });
  await deskOf().does.edit(event, /** @type {any} */ ({ id: 'x', kind }));
}

test('only what is typed is sent', async () => {
  await edit('caldav', { name: 'Nextcloud', url: '', user: '', password: ' neuf ' });
  assert.deepEqual(asked, [['PATCH', '/api/calendar-exports/x', { name: 'Nextcloud', password: ' neuf ' }]]);
  assert.deepEqual(left, [[agendaAt('x'), { key: 'cal_agenda_changed' }]]);
});

test('an address or a mailbox that is typed is judged first', async () => {
  await edit('caldav', { name: '', url: 'http://agenda.example/' });
  assert.deepEqual([asked, errors], [[], { name: 'cal_name_missing', url: 'cal_why_not_https' }]);
  await edit('mail', { name: 'Boîte', mail: 'martin' });
  assert.deepEqual([asked, errors], [[], { mail: 'cal_mail_missing' }]);
  await edit('mail', { name: 'Boîte', mail: 'martin@example.fr' });
  assert.deepEqual(asked[0][2], { name: 'Boîte', mail: 'martin@example.fr' });
});

test('what is left empty is tried as the server keeps it', async () => {
  state = 'succeeded';
  const { does } = deskOf();
  await does.test(/** @type {any} */ ({ url: '', user: '', password: 'neuf' }), /** @type {any} */ ({ id: 'x', host: 'agenda.example' }));
  const empty = { tentative_counts: true, columns: null, words: null };
  assert.deepEqual(asked[0], ['POST', '/api/calendar-trials', { kind: 'caldav_export', url: '', user: '', password: 'neuf', ...empty, source_id: 'x' }]);
  asked = [];
  await does.test(/** @type {any} */ ({ url: '', user: '', password: 'neuf' }), null);
  assert.deepEqual([asked, errors], [[], { url: 'cal_url_missing' }]);
});

test('a name alone sends nothing anew, and what a person has paused stays so', async () => {
  await edit('feed', { name: 'Téléphone' });
  assert.deepEqual([asked[0][2], left], [{ name: 'Téléphone' }, [[agendaAt('x'), { key: 'cal_changed' }]]]);
  state = 'paused';
  await edit('caldav', { name: 'Nextcloud', password: 'neuf' });
  assert.deepEqual(left[1], [agendaAt('x'), { key: 'cal_agenda_changed_paused' }]);
});

test('a mailbox that is refused is not called an agenda', () => {
  const w = calendarTranslator('fr');
  for (const code of ['gone', 'refused', 'retry', 'unsealable']) assert.doesNotMatch(exportWhy(w, 'mail', code), /agenda|mot de passe/i);
  assert.match(exportWhy(w, 'caldav', 'gone'), /^Cet agenda n’existe plus/);
  assert.match(exportWhy(w, 'mail', 'timeout'), /^Le serveur n’a pas répondu/);
});
