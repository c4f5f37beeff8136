import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';

/**
 * The sections within thumb's reach. A new one is one more row here, and its screen.
 * @type {readonly {screen: import('../types').Route['screen'], label: import('../ui/translate.js').Key, icon: string}[]}
 */
const TABS = [
  { screen: 'inbox', label: 'tab_inbox', icon: 'inbox' },
  { screen: 'settings', label: 'tab_settings', icon: 'settings' },
];

/** @param {import('../ui/context.js').Context} context */
export function tabs({ state, view, t }) {
  let waiting = 0;
  for (const item of view.requests.values()) if (item.state === 'waiting') waiting += 1;
  const current = ['settings', 'terminals', 'pin'].includes(state.route.screen) ? 'settings' : 'inbox';
  return html`<nav class="tabs" aria-label=${t('navigation')}>
    ${TABS.map(({ screen, label, icon: name }) => html`
      <a class="tab" href=${address(screen)} aria-current=${current === screen ? 'page' : nothing}>
        ${icon(name)}<span>${t(label)}${screen === 'inbox' && waiting ? html` <b class="count">${waiting}</b>` : nothing}</span>
      </a>`)}
  </nav>`;
}
