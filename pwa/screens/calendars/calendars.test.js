// What the forms of plannings and agendas say, and the sentences about what was found and refused.

import assert from 'node:assert/strict';
import test from 'node:test';
import { periodFormat } from '../../ui/period.js';
import { lasting } from './health.js';
import { agendaAt, CALENDARS, editAgendaAt, editAt, NEW_AGENDA, NEW_PLANNING, placeOf, planningAt } from './places.js';
import { addressError, headerSaid, missingColumns, sourceErrors, USUAL_COLUMNS } from './read-form.js';
import { byCause } from './refused.js';
import { foundWords } from './trial-shown.js';
import { headerOf, upload } from './upload.js';
import { calendarTranslator, counted, rowKey, whyKey, whyWords } from './words.js';

const w = calendarTranslator('fr');
const spaced = (/** @type {string} */ text) => text.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ');

test('each page has its address, and what is no address of ours is nothing', () => {
  for (const [hash, page, id] of [
    [CALENDARS, 'list', ''], [NEW_PLANNING, 'new-planning', 'nouveau'], [planningAt('7'), 'planning', '7'], [editAt('7'), 'edit', '7'],
    [NEW_AGENDA, 'new-agenda', 'nouveau'], [agendaAt('7'), 'agenda', '7'], [editAgendaAt('7'), 'edit-agenda', '7'], [`${CALENDARS}/ailleurs/7`, 'list', ''],
  ]) assert.deepEqual(placeOf(hash), { page, id }, hash);
  for (const hash of ['#/reglages', '#/reglages/calendriers2', '#/demandes', '']) assert.equal(placeOf(hash), null, hash);
});

test('an address is judged as far as that needs nobody', () => {
  assert.equal(addressError('https://agenda.example.fr/a.ics'), null);
  assert.equal(addressError('http://agenda.example.fr/a.ics'), 'cal_why_not_https');
  assert.equal(addressError('agenda.example.fr/a.ics'), 'cal_url_no_address');
  assert.equal(addressError('https://moi:secret@agenda.example.fr/a.ics'), 'cal_why_user_info');
  assert.equal(addressError('https://agenda.example.fr/moi@la.ics'), null);
});

/** @param {Partial<Parameters<typeof sourceErrors>[0]>} [changes] */
const source = (changes) => ({
  kind: /** @type {const} */ ('ical'), url: 'https://a.example/x', user: '', password: '', tentative_counts: true, columns: null, words: null, ...changes,
});

test('what is missing in a form is said by field', () => {
  assert.deepEqual(sourceErrors(source(), { known: false, name: 'Pulsar' }), {});
  assert.deepEqual(sourceErrors(source({ url: '' }), { known: false, name: '' }), { name: 'cal_name_missing', url: 'cal_url_missing' });
  assert.deepEqual(sourceErrors(source({ url: '' }), { known: true }), {});
  assert.deepEqual(sourceErrors(source(), { known: true, poll: 60, silent: 60 }), { silent_after_minutes: 'cal_field_too_short' });
  assert.deepEqual(sourceErrors(source(), { known: true, poll: 60, silent: null }), {});
});

test('a table may be without an address, but not be tried without one', () => {
  const table = source({ kind: 'positions_daily', url: '', columns: { ...USUAL_COLUMNS }, words: { employée: 'employed' } });
  assert.deepEqual(sourceErrors(table, { known: false, name: 'Pulsar' }), {});
  assert.deepEqual(sourceErrors(table, { known: false }), { url: 'cal_url_missing' });
  assert.deepEqual(sourceErrors({ ...table, columns: { ...USUAL_COLUMNS, day: '' }, words: {} }, { known: true, name: 'Pulsar' }), {
    column_day: 'cal_column_missing', words: 'cal_words_missing',
  });
  // The server refuses them all together, without saying which.
  assert.deepEqual(sourceErrors({ ...table, columns: { ...USUAL_COLUMNS, position: 'DATE', until: '' } }, { known: true, name: 'Pulsar' }), {
    column_position: 'cal_column_twice', column_until: 'cal_column_unnamed',
  });
});

test('columns are compared as the server compares them', () => {
  assert.deepEqual(missingColumns({ ...USUAL_COLUMNS, agent: 'Numéro  d’agent' }, ['numero d’agent', 'DATE', 'Pösition']), {});
  assert.deepEqual(missingColumns({ ...USUAL_COLUMNS }, ['Matricule', 'Date', 'Position']), { column_agent: 'cal_column_not_there' });
});

test('what was refused is told once for each cause, with its lines', () => {
  const refused = [{ line: 12, cause: 'bad_rule' }, { line: 3, cause: 'exrule' }, { line: 40, cause: 'bad_rule' }];
  assert.deepEqual(byCause(refused), [['bad_rule', [12, 40]], ['exrule', [3]]]);
});

test('only what is missing in a file is said to be, and what it does not tell stays typed', () => {
  const tried = { ...USUAL_COLUMNS, position: 'Position*' };
  const said = (/** @type {string} */ code, /** @type {string[] | undefined} */ header, /** @type {string[]} */ typed = []) => headerSaid({ kind: 'positions_daily', state: code ? 'failed' : 'succeeded', code, found: { header } }, tried, typed);
  assert.deepEqual(said('', undefined), {});
  // A row of names with a number in it is told as none at all.
  for (const code of ['', 'missing_column']) assert.deepEqual(said(code, []).errors, {});
  assert.deepEqual(said('', ['NIGEND', 'Date']), { header: ['NIGEND', 'Date'], typed: ['position'], errors: {} });
  assert.deepEqual(said('unknown_agent', ['NIGEND', 'Date']).errors, {});
  assert.deepEqual(said('missing_column', ['Matricule', 'Date'], ['position', 'day', 'until']), {
    header: ['Matricule', 'Date'], typed: ['position', 'until'], errors: { column_agent: 'cal_column_not_there', column_position: 'cal_column_not_there' },
  });
});

test('codes become sentences, with their line and their status', () => {
  assert.match(whyWords(w, 'redirected'), /^Cette adresse renvoie/);
  assert.match(whyWords(w, 'truncated', { line: 7 }), /Voir la ligne 7 du fichier\.$/);
  assert.match(whyWords(w, 'http_status', { status: 503 }), /\(503\)/);
  assert.match(whyWords(w, 'http_507'), /\(507\)/);
  assert.match(whyWords(w, 'teapot'), /\(teapot\)/);
  assert.deepEqual([whyKey('teapot'), rowKey('teapot'), rowKey('exrule')], ['cal_why_other', 'cal_row_other', 'cal_row_exrule']);
  assert.deepEqual([whyKey('exrule'), rowKey('truncated')], ['cal_row_exrule', 'cal_why_truncated']);
});

test('what a trial has found is a sentence with its period', () => {
  const period = periodFormat('fr', 'Europe/Paris', Date.parse('2026-11-24T13:30:00Z'));
  const say = (/** @type {import('./shapes').TrialKind} */ kind, /** @type {import('./shapes').Found} */ found) => spaced(foundWords({ w, period }, { kind, found }));
  assert.equal(
    say('ical', { read: 214, busy: 180, first_at: '2026-11-24T13:00:00Z', last_at: '2026-12-02T09:00:00Z' }),
    '214 entrées ont été lues. 180 périodes sont prises, du mardi 24 novembre à 14 h 00 au mercredi 2 décembre à 10 h 00.',
  );
  assert.equal(say('caldav', { read: 0, busy: 0 }), 'L’agenda se lit, il est vide.');
  assert.equal(say('ical', { read: 1, busy: 0, first_at: null, last_at: null }), '1 entrée a été lue. Aucune ne prend de temps.');
  assert.equal(say('positions_daily', { read: 20, taken: 18, agents: 9 }), '20 lignes ont été lues. 18 sont retenues. Elles concernent 9 gendarmes.');
  assert.equal(say('caldav_export', { holds: 1 }), 'L’agenda accepte nos rendez-vous. Il contient 1 événement.');
});

test('numbers and durations are said as people say them', () => {
  assert.deepEqual([5, 60, 240, 1440, 40320, 90].map((minutes) => lasting(w, minutes)), ['5 minutes', '1 heure', '4 heures', '1 jour', '28 jours', '90 minutes']);
  assert.equal(counted(calendarTranslator('en'), 'cal_refused', 2), '2 entries refused');
});

test('the columns of a file are found whatever its coding and separators', async () => {
  assert.deepEqual(await headerOf(new File(['\uFEFFNIGEND;"Début";Fin\r\n1;2;3'], 'a.csv')), ['NIGEND', 'Début', 'Fin']);
  assert.deepEqual(await headerOf(new File([new Uint8Array([0x44, 0xe9, 0x62, 0x75, 0x74, 0x2c, 0x46])], 'a.csv')), ['Début', 'F']);
  assert.deepEqual(await headerOf(new File(['A\tB\n'], 'a.csv')), ['A', 'B']);
});

test('a file that is too big is not sent at all', async () => {
  const ask = async () => assert.fail('asked');
  const told = await upload(ask, 'x', new File([new Uint8Array(1_000_001)], 'a.csv'));
  assert.deepEqual(told, { failed: { kind: 'positions_daily', state: 'failed', code: 'too_big', found: { line: undefined, header: undefined } } });
});
