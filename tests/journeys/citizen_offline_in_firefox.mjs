// The follow page in the system's own Firefox, while the server is there and when it is gone. Arguments: Firefox's
// program, the page's address, a folder for the profile. Says "kept", and goes on once a line comes in.

import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

import { launch } from 'puppeteer-core';

const [executablePath, address, userDataDir] = process.argv.slice(2);
const browser = await launch({ browser: 'firefox', executablePath, userDataDir, headless: true, defaultViewport: null });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  await shows('html[data-copy=kept]');
  console.log('kept');
  await once(process.stdin, 'data');
  await page.goto(address);
  await shows('#copie .fr-alert__title');
  console.log(await page.evaluate(() => document.querySelector('#etat-titre')?.textContent));

  /** @param {string} selector */
  async function shows(selector) {
    const deadline = Date.now() + 30_000;
    while (!(await page.evaluate((wanted) => document.querySelector(wanted) !== null, selector))) {
      if (Date.now() > deadline) throw new Error(`still waiting: ${selector}`);
      await setTimeout(100);
    }
  }
} finally {
  process.stdin.destroy();
  await browser.close();
}
