import assert from 'node:assert/strict';
import test from 'node:test';
import fr from '../../locales/late/fr.js';
import { formatter } from '../../ui/format.js';
import { addWords, translator } from '../../ui/translate.js';
import { stateWords } from './wait.js';

addWords('fr', fr);
const NOW = Date.parse('2026-11-24T13:30:00Z');
const t = translator('fr');

/** @param {Partial<import('./actions.js').LateCall>} changes @param {string} [zone] */
const say = (changes, zone = 'Europe/Paris') => stateWords(t, formatter('fr', zone, NOW), {
  step: 2, who: 'agent', name: 'Adj. Martin', channel: 'sms', quiet: false, state: 'sent', cause: null,
  queued_at: '2026-11-24T13:00:00Z', retry_at: null, sent_at: null, delivered_at: null, seen_at: null, ...changes,
}).replaceAll('\u00a0', ' ');

test('what became of a call is said in words, with its own hour', () => {
  assert.equal(say({ state: 'queued' }), 'en attente d’envoi');
  assert.equal(say({ state: 'queued', retry_at: '2026-11-24T13:31:00Z', cause: 'timeout' }), 'nouvel essai à 14 h 31, le relais ne répond pas');
  assert.equal(say({ sent_at: '2026-11-24T13:02:00Z' }), 'parti à 14 h 02');
  assert.equal(say({ state: 'delivered', sent_at: '2026-11-24T13:02:00Z', delivered_at: '2026-11-24T13:03:00Z' }), 'reçu à 14 h 03');
  assert.equal(say({ state: 'seen', seen_at: '2026-11-24T13:04:00Z' }), 'vu à 14 h 04');
  assert.match(say({ state: 'seen', cause: 'declined', seen_at: '2026-11-24T13:04:00Z' }), /je ne peux pas.* à 14 h 04$/);
  assert.equal(say({ state: 'failed', cause: 'overtaken' }), 'échec, l’étape suivante est venue avant');
});

test('a cause that has no words is shown as it is, and hours are the unit’s', () => {
  assert.equal(say({ state: 'failed', cause: 'smtp_451' }), 'échec, incident technique (smtp_451)');
  assert.equal(say({ sent_at: '2026-11-24T13:02:00Z' }, 'Indian/Reunion'), 'parti à 17 h 02');
});
