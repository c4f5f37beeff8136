// What a device remembers of what it is told: enough to repair, and no link.

import assert from 'node:assert/strict';
import test from 'node:test';
import { fakeLocalStorage } from '../testing/browser.js';
import { forgetMemory, hasRefused, isRemembered, remember, rememberRefusal } from './device-push.js';

const TOKEN = 'AAAAAAAAAAAAAAAAAAAAAA';
const FRENCH = `/suivi/${TOKEN}/notifications`;
const ENGLISH = `/en/follow/${TOKEN}/notifications`;
const OTHER = '/suivi/BBBBBBBBBBBBBBBBBBBBBB/notifications';
const kept = () => localStorage.getItem('follow-push');

test.beforeEach(fakeLocalStorage);

test('a page is the same one in both languages, and its link is not kept', async () => {
  await remember(FRENCH, true);
  await remember(ENGLISH, true);
  assert.equal(await isRemembered(ENGLISH), true);
  assert.equal(await isRemembered(OTHER), false);
  assert.match(kept() ?? '', /^\{"on":\["[\w-]{43}"\]\}$/);
  assert.doesNotMatch(kept() ?? '', /AAAA/);
});

test('with the last page nothing is left', async () => {
  await remember(FRENCH, true);
  await remember(OTHER, true);
  await remember(ENGLISH, false);
  assert.equal(await isRemembered(OTHER), true);
  await remember(OTHER, false);
  assert.equal(kept(), null);
});

test('a refusal is kept until somebody asks to be told', async () => {
  rememberRefusal();
  await remember(FRENCH, false);
  assert.equal(hasRefused(), true);
  await remember(FRENCH, true);
  assert.equal(hasRefused(), false);
  forgetMemory();
  assert.equal(kept(), null);
});

test('a memory that cannot be read or written is none', async () => {
  localStorage.setItem('follow-push', '{');
  assert.equal(hasRefused(), false);
  Object.defineProperty(globalThis, 'localStorage', { get() { throw new Error('SecurityError'); }, configurable: true });
  await remember(FRENCH, true);
  assert.equal(await isRemembered(FRENCH), false);
});
