// Every catalogue of pwa/locales, found by its place: the same keys and holes in both languages, French typeset as French.

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import test from 'node:test';

const HERE = new URL('./', import.meta.url);

/** @returns {Promise<URL[]>} the folders that hold a fr.js */
async function folders() {
  const names = await readdir(HERE, { recursive: true });
  return names.filter((name) => name.split('/').at(-1) === 'fr.js').map((name) => new URL('./', new URL(name, HERE)));
}

test('both languages say the same things, with the same holes', async () => {
  const found = await folders();
  assert.ok(found.length >= 2);
  for (const folder of found) {
    /** @type {Record<string, string>[]} */
    const [fr, en] = await Promise.all(['fr.js', 'en.js'].map(async (name) => (await import(new URL(name, folder).href)).default));
    assert.deepEqual(Object.keys(en), Object.keys(fr), folder.pathname);
    const holes = (/** @type {string} */ text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const key of Object.keys(fr)) {
      assert.deepEqual(holes(en[key]), holes(fr[key]), key);
      assert.notEqual(fr[key].trim(), '', key);
      assert.doesNotMatch(fr[key], /'| [:;!?»]|« /, `${key}: French typography`);
    }
  }
});

test('no key is in two parts of a catalogue', async () => {
  const names = (await readdir(HERE, { recursive: true })).filter((name) => name.endsWith('.fr.js'));
  assert.ok(names.length >= 1);
  const parts = await Promise.all(names.map(async (name) => (await import(new URL(name, HERE).href)).default));
  const keys = parts.flatMap((words) => Object.keys(words));
  assert.deepEqual(keys.filter((key, at) => keys.indexOf(key) !== at), []);
});

test('no key is in two catalogues of a language', async () => {
  const catalogues = await Promise.all((await folders()).map(async (folder) => (await import(new URL('fr.js', folder).href)).default));
  const keys = catalogues.flatMap((words) => Object.keys(words));
  assert.deepEqual(keys.filter((key, at) => keys.indexOf(key) !== at), []);
});
