// Every code that the server may say of a planning or an agenda has a sentence of its own, in both languages.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { calendarTranslator, rowKey, whyKey } from './words.js';

/** @type {{failures: string[], causes: string[], export_failures: string[]}} written by server/planning/codes.py */
const CODES = JSON.parse(await readFile(new URL('../../testing/calendar-codes.json', import.meta.url), 'utf8'));

test('every failure of a source or an export is explained', () => {
  const codes = [...CODES.failures, ...CODES.export_failures];
  assert.ok(codes.length > 60);
  assert.deepEqual(codes.filter((code) => whyKey(code) === 'cal_why_other'), []);
});

test('so is every cause for which a row is left out', () => {
  assert.ok(CODES.causes.length > 20);
  assert.deepEqual(CODES.causes.filter((cause) => rowKey(cause) === 'cal_row_other'), []);
});

test('each says what is wrong, and then what to do: two sentences at least', () => {
  const keys = [...[...CODES.failures, ...CODES.export_failures].map(whyKey), ...CODES.causes.map(rowKey)];
  for (const language of /** @type {const} */ (['fr', 'en'])) {
    const w = calendarTranslator(language);
    const short = [...new Set(keys)].filter((key) => (w(key).match(/[.!?;](\s|$)/g) ?? []).length < 2);
    assert.deepEqual(short, [], language);
  }
});
