import assert from 'node:assert/strict';
import test from 'node:test';
import { lazy } from './lazy.js';

const settled = () => new Promise((resolve) => { setTimeout(resolve); });

test('a part is asked for once, when it is first wanted', async () => {
  let asked = 0;
  let drawn = 0;
  const part = lazy(async () => { asked += 1; return 'here'; }, () => { drawn += 1; });
  assert.equal(asked, 0);
  assert.equal(part.get(), null);
  assert.equal(part.get(), null);
  await settled();
  assert.equal(part.get(), 'here');
  assert.deepEqual([asked, drawn, part.failed()], [1, 1, false]);
});

test('a part that did not come is only asked for again by a person, and that is drawn', async () => {
  let network = false;
  let asked = 0;
  /** @type {boolean[]} */
  const drawn = [];
  const load = async () => {
    asked += 1;
    if (!network) throw new Error('no network');
    return 'here';
  };
  const part = lazy(load, () => { drawn.push(part.failed()); });
  part.get();
  await settled();
  assert.equal(part.get(), null);
  await settled();
  assert.deepEqual([asked, drawn], [1, [true]]);
  network = true;
  part.retry();
  part.retry();
  await settled();
  assert.equal(part.get(), 'here');
  assert.deepEqual([asked, drawn], [2, [true, false, false]]);
});
