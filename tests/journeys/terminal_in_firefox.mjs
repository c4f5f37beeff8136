// Sign in and accept a request in the system's own Firefox, over WebDriver BiDi: Playwright only drives a Firefox of
// its own making. Arguments: Firefox's program, the site's address, login, password, a folder for the profile.

import { setTimeout } from 'node:timers/promises';

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
  // By keyboard, and looked at by the clock: where Firefox paints nothing, clicks and frames would be waited for in vain.
  await shows(page, '#login');
  await page.type('#login', login);
  await page.type('#password', password);
  await page.keyboard.press('Enter');
  await press(page, 'a.card');
  await press(page, '.action-bar button.button-primary');
  await shows(page, '.detail-state[data-state=accepted]');
  // The socket is up, and nothing waits any more.
  await shows(page, '.status[data-live=true]');
  await until(async () => !(await has(page, '.mark-pending')), 'nothing waits to be sent');
  if (errors.length) throw new Error(errors.join('\n'));
  console.log('accepted');
} finally {
  await browser.close();
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string} selector
 */
async function press(page, selector) {
  await shows(page, selector);
  await page.focus(selector);
  await page.keyboard.press('Enter');
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string} selector
 */
async function shows(page, selector) {
  await until(() => has(page, selector), `${selector} is there`);
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string} selector
 */
async function has(page, selector) {
  return page.evaluate((wanted) => document.querySelector(wanted) !== null, selector);
}

/**
 * Asked from here: the page's policy forbids the function that the driver's own waiting would make in it.
 * @param {() => Promise<boolean>} condition
 * @param {string} what
 */
async function until(condition, what) {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`still waiting: ${what}`);
    await setTimeout(100);
  }
}
