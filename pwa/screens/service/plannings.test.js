// Which plannings and agendas the desk tells of, and in which words.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import en from '../../locales/later/calendars.en.js';
import fr from '../../locales/later/calendars.fr.js';
import { fold } from '../../sync/fold.js';
import { anAgent, aPlanning, docOfKind } from '../../testing/samples.js';
import { agendaFamily, concernsOne, planningFamily } from './causes.js';
import { silentSince, troubled } from './plannings.js';

/** @type {{failures: string[], causes: string[], export_failures: string[]}} written by server/planning/codes.py */
const CODES = JSON.parse(await readFile(new URL('../../testing/calendar-codes.json', import.meta.url), 'utf8'));
/** A test of an address ends so, and no planning nor agenda. */
const ofTests = (/** @type {string} */ code) => code === 'overtaken';
const at = (/** @type {string} */ hour) => `2026-11-24T${hour}:00:00+00:00`;

test('every code for which a planning fails has a family of its own, and that has words', () => {
  assert.deepEqual(CODES.failures.filter((code) => planningFamily(code) === 'other' && !ofTests(code)), []);
  const words = [...CODES.failures, 'teapot'].map((code) => `plan_cause_${planningFamily(code)}`);
  assert.deepEqual(words.filter((key) => !(key in fr && key in en)), []);
});

test('so has every code for which an agenda or a mailbox fails', () => {
  assert.deepEqual(CODES.export_failures.filter((cause) => agendaFamily({ cause }) === 'other' && !ofTests(cause)), []);
  const words = [...CODES.export_failures, 'teapot'].flatMap((cause) => [undefined, 'caldav', 'mail'].map((kind) => `stopped_${agendaFamily({ kind, cause })}`));
  assert.deepEqual(words.filter((key) => !(key in fr && key in en)), []);
});

test('what is said is what it is', () => {
  const families = { not_https: 'address', host_not_allowed: 'closed', forbidden: 'forbidden', certificate: 'protected', http_status: 'server', http_503: 'server', unexpected: 'ours', unknown_agent: 'people', truncated: 'content', not_a_calendar: 'other_file' };
  for (const [code, family] of Object.entries(families)) assert.equal(planningFamily(code), family, code);
  assert.equal(agendaFamily({ cause: 'gone' }), 'address');
  assert.equal(agendaFamily({ kind: 'mail', cause: 'gone' }), 'mail_gone');
  assert.equal(agendaFamily({ kind: 'mail', cause: 'unsealable' }), 'unsealable');
  assert.equal(agendaFamily({ kind: 'mail', cause: 'timeout' }), 'mail_network');
  assert.deepEqual(['caldav', 'mail'].map((kind) => agendaFamily({ kind, cause: 'unvisited' })), ['unvisited', 'unvisited']);
});

test('nobody is told that appointments no longer arrive when it is one that does not', () => {
  const one = ['conflict', 'name_taken', 'uid_taken'].map((cause) => ({ kind: 'caldav', cause })).concat({ kind: 'mail', cause: 'refused' });
  assert.deepEqual(one.filter((stopped) => !concernsOne(stopped)), []);
  const all = ['sign_in', 'gone', 'timeout', 'refused', 'unvisited'].map((cause) => ({ kind: 'caldav', cause })).concat({ kind: 'mail', cause: 'gone' });
  assert.deepEqual(all.filter(concernsOne), []);
});

test('a paused planning is told of once it has been silent for too long, and not before', () => {
  const docs = [
    aPlanning({ id: 'a', state: 'paused', since: at('09'), silent_since: at('13') }),
    aPlanning({ id: 'b', state: 'silent', since: at('12'), silent_since: at('12') }),
    aPlanning({ id: 'c', state: 'paused', since: at('08') }),
    aPlanning({ id: 'd', state: 'failing', since: at('07') }),
    aPlanning({ id: 'e', state: 'paused', since: at('06'), silent_since: undefined }),
  ].map((body) => docOfKind('planning', body));
  assert.deepEqual(troubled(fold([], docs, anAgent())).map(({ id }) => id), ['b', 'a', 'd']);
});

test('since when a planning is silent', () => {
  const since = (/** @type {Partial<import('../../types').PlanningDoc>} */ changes) => silentSince(aPlanning({ since: at('09'), ...changes }));
  assert.equal(since({ state: 'silent' }), at('09'));
  assert.equal(since({ state: 'paused', silent_since: at('13') }), at('13'));
  assert.deepEqual([since({ state: 'paused' }), since({ state: 'fresh' }), since({ state: 'failing' })], [null, null, null]);
});
