import assert from 'node:assert/strict';
import test from 'node:test';
import { deviceName } from './device-name.js';
import { lifeKeyOr, lifeTranslator } from './words.js';

test('a device is called by its model where the browser says it, else by its kind', () => {
  const w = lifeTranslator('fr');
  const mozilla = (/** @type {string} */ system) => `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0`;
  for (const [agent, name] of [
    [`${mozilla('Linux; Android 13; SM-G525F')} Mobile Safari/537.36`, 'SM-G525F'],
    [`${mozilla('Linux; Android 9; Aquaris X2 Build/PKQ1.180904.001; wv')} Mobile Safari/537.36`, 'Aquaris X2'],
    [`${mozilla('Linux; Android 10; K')} Mobile Safari/537.36`, 'Téléphone'],
    ['Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0', 'Téléphone'],
    ['Mozilla/5.0 (Android 14; Tablet; rv:131.0) Gecko/131.0 Firefox/131.0', 'Tablette'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148', 'Téléphone'],
    ['Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148', 'Tablette'],
    [`${mozilla('X11; Linux x86_64')} Safari/537.36`, 'Ordinateur'],
  ]) assert.equal(deviceName(agent, w), name, agent);
});

test('words are found, unknown keys fall back', () => {
  assert.equal(lifeTranslator('fr')('pin_wrong', { n: 7 }), 'Code faux. Encore 7 essais.');
  assert.equal(lifeTranslator('en')('pin_wrong', { n: 7 }), 'Wrong PIN. 7 tries left.');
  assert.equal(lifeKeyOr('ended_nothing', 'pin'), 'pin');
});
