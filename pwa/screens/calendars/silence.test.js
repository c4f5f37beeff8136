// What is said of a planning that is silent, and which of the plannings come first.

import assert from 'node:assert/strict';
import test from 'node:test';
import { lastDay, silenceWords } from './silence.js';
import { mostUrgentFirst, rowOf } from './standing.js';
import { calendarTranslator } from './words.js';

const NOW = Date.parse('2026-11-24T13:30:00Z');
const frame = /** @type {any} */ ({ w: calendarTranslator('fr'), state: { language: 'fr', now: NOW }, view: { unit: { time_zone: 'Europe/Paris' } } });
const silence = (/** @type {string | null} */ host, /** @type {string | null} */ read_until, /** @type {string | null} */ paused_at = null) => silenceWords(frame, { host, read_until, paused_at });

test('a table whose last day is past is told so, whatever its limit', () => {
  const over = '2026-11-23T23:00:00+00:00';
  assert.equal(silence(null, over), 'Ce tableau ne dit rien d’aujourd’hui. Son dernier jour est le lundi 23 novembre. Déposez le suivant plus bas.');
  assert.match(silence('pulsar.example', over), /le lundi 23 novembre\. Faites-le mettre à jour sur pulsar\.example, ou déposez/);
  assert.match(silence('pulsar.example', over, '2026-11-22T08:00:00+00:00'), /aujourd’hui.*Reprenez sa lecture/);
  for (const ends of [over, null]) assert.match(silence(null, ends, '2026-11-22T08:00:00+00:00'), /Déposez/);
});

test('what has been read too long ago is told so', () => {
  for (const until of [null, '2026-11-30T23:00:00+00:00']) {
    assert.equal(silence('agenda.example', until), 'Rien n’a été lu depuis plus longtemps que la limite. Remettez ce planning en marche, ou allongez la limite en le modifiant.');
    assert.match(silence(null, until), /la limite\. Déposez un nouveau fichier/);
  }
  assert.match(silence('agenda.example', null, '2026-11-22T08:00:00+00:00'), /la limite\. Reprenez sa lecture/);
});

test('the last day of a table ends with the unit’s midnight, also where it was cut earlier', () => {
  assert.deepEqual(['2026-11-30T23:00:00Z', '2026-12-01T06:00:00Z'].map((until) => lastDay(frame, until)), ['lundi 30 novembre', 'mardi 1er décembre']);
});

test('silent ones come first, paused or not, and a pause is as old as it is', () => {
  const at = (/** @type {string} */ hour) => `2026-11-24T${hour}:00:00+00:00`;
  const planning = (/** @type {string} */ name, /** @type {object} */ changes) => rowOf(/** @type {any} */ ({ name, paused_at: null, silent_since: null, failure: null, succeeded_at: null, ...changes }));
  const rows = [
    planning('a', { state: 'fresh' }),
    planning('b', { state: 'failing', failure: { at: at('07') } }),
    planning('c', { state: 'paused', paused_at: at('09') }),
    planning('d', { state: 'paused', paused_at: at('08'), silent_since: at('12') }),
    planning('e', { state: 'silent', silent_since: at('11') }),
  ];
  assert.deepEqual(mostUrgentFirst(rows).map(({ name, since }) => [name, since]), [['d', at('08')], ['e', at('11')], ['b', at('07')], ['c', at('09')], ['a', null]]);
});
