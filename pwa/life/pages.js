/** @typedef {'calendriers' | 'notifications' | 'terminaux' | 'verrou'} SettingsPage as the address has them after `#/reglages/` */

/**
 * Whether one of the settings' pages is on screen.
 * @param {import('../types').Route} route
 * @param {SettingsPage} page
 */
export function isOn({ screen, id }, page) {
  return screen === 'settings' && id === page;
}
