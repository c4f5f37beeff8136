// Sign in and accept a request in the system's own Firefox, over WebDriver BiDi: Playwright only drives a Firefox of
// its own making. Arguments: Firefox's program, the site's address, login, password, a folder for the profile.

import { launch } from 'puppeteer-core';

const [executablePath, site, login, password, userDataDir] = process.argv.slice(2);
const browser = await launch({
  browser: 'firefox',
  executablePath,
  userDataDir,
  headless: true,
  // The window itself is made small: emulating a viewport takes a command that Firefox ESR 140 does not know.
  defaultViewport: null,
  args: ['--width=360', '--height=740'],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`${site}/terminal/`);
  await page.locator('#login').fill(login);
  await page.locator('#password').fill(password);
  await page.locator('form button[type=submit]').click();
  await page.locator('a.card').click();
  await page.locator('.action-bar button.button-primary').click();
  await page.waitForFunction(() => document.querySelector('.detail-state')?.getAttribute('data-state') === 'accepted');
  // Nothing waits any more, and the socket is up.
  await page.waitForFunction(() => !document.querySelector('.mark-pending'));
  await page.waitForSelector('.status[data-live=true]');
  if (errors.length) throw new Error(errors.join('\n'));
  console.log('accepted');
} finally {
  await browser.close();
}
