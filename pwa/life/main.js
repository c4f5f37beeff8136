// Who this is: signing in, enrolment, the lock, the settings and the terminals. All of it is loaded after the list of
// requests, which is what one opens a terminal for.

import { html } from 'lit-html';
import { chooseScreen } from '../screens/choose-pin.js';
import { enrol } from '../screens/enrol.js';
import { absent } from '../screens/later.js';
import { lock } from '../screens/lock.js';
import { notifications } from '../screens/notifications.js';
import { pinSettings } from '../screens/pin-settings.js';
import { settings } from '../screens/settings.js';
import { foreign, signIn } from '../screens/sign-in.js';
import { terminals } from '../screens/terminals.js';
import notificationStyles from '../styles/terminal/notifications.css';
import { addStyles } from '../ui/add-styles.js';
import { keepFocus } from '../ui/keep-focus.js';
import { lazy } from '../ui/lazy.js';
import { enrolActions } from './enrol-actions.js';
import { pinActions } from './pin-actions.js';
import { pushActions } from './push-actions.js';
import { countSeconds } from './seconds.js';
import { signInActions } from './sign-in-actions.js';
import { terminalActions } from './terminal-actions.js';
import { lifeTranslator } from './words.js';

/**
 * @typedef {import('../ui/context.js').Context} Context
 * @typedef {import('../lock/gate.js').Gate | 'settings'} Screen
 * @typedef {ReturnType<typeof createLife>} Life
 * @typedef {ReturnType<typeof lifeActions>} LifeActions
 * @typedef {Context & {w: import('./words.js').LifeTranslate, acts: LifeActions, calendars: import('../ui/lazy.js').Lazy<import('../calendars.js').Calendars>}} LifeContext
 *
 * @typedef {object} Parts
 * @property {import('../store.js').Store<import('../store.js').State>} store
 * @property {import('../sync/engine.js').Engine} engine
 * @property {import('../sync/db.js').Database} db
 * @property {() => Promise<void>} changed what is held has changed, for every tab
 * @property {ReturnType<typeof import('../lock/idle.js').watchIdle>} idle
 */

/** @type {Record<Screen, (context: LifeContext) => unknown>} */
const SCREENS = { enrol, foreign, signIn, lock, choosePin: chooseScreen, settings: settingsPage };

/** @type {Record<import('./pages.js').SettingsPage, (context: LifeContext) => unknown>} */
const PAGES = { calendriers: calendars, notifications, terminaux: terminals, verrou: pinSettings };

addStyles(notificationStyles);

/**
 * The settings, or one of their pages.
 * @param {LifeContext} context
 */
function settingsPage(context) {
  const { screen, id } = context.state.route;
  // The others are about what a unit has.
  const has = context.me?.unit_id !== null || id === 'verrou';
  const page = screen === 'settings' && has && PAGES[/** @type {keyof typeof PAGES} */ (id)];
  return (page || settings)(context);
}

/**
 * Plannings and agendas are a part of their own.
 * @param {LifeContext} context
 */
function calendars(context) {
  return context.calendars.get()?.(context) ?? html`<main id="contenu" class="page" tabindex="-1">${absent(context, context.calendars, 'page-title')}</main>`;
}

/** @param {Parts} parts */
function lifeActions(parts) {
  return { ...signInActions(parts), ...enrolActions(parts), ...pinActions(parts), ...pushActions(parts), ...terminalActions(parts) };
}

/**
 * @param {Parts} parts
 * @returns {(context: Context, screen: Screen) => unknown} draws a screen
 */
export function createLife(parts) {
  const acts = lifeActions(parts);
  countSeconds(parts.store, acts.lookForUse);
  const calendars = lazy(async () => (await import('../calendars.js')).createCalendars(parts), () => {
    parts.store.set({});
    keepFocus();
  });
  return (context, screen) => SCREENS[screen]({ ...context, w: lifeTranslator(context.state.language), acts, calendars });
}
