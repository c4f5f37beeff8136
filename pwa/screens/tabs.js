import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { icon } from '../ui/icon.js';

/**
 * The sections within thumb's reach. A new one is one more row here, and its screen.
 * @type {readonly {screen: import('../types').Route['screen'], label: import('../ui/translate.js').Key, icon: string}[]}
 */
const TABS = [
  { screen: 'inbox', label: 'tab_inbox', icon: 'inbox' },
  { screen: 'agenda', label: 'tab_agenda', icon: 'calendar' },
  { screen: 'duty', label: 'tab_duty', icon: 'user' },
  { screen: 'desk', label: 'tab_desk', icon: 'todo' },
  { screen: 'settings', label: 'tab_settings', icon: 'settings' },
];

/** The list and one request, side by side where there is room; what else there is fills the page. */
export const PANES = new Set(['inbox', 'request', 'note', 'transfer', 'close']);

/** Which tab a screen belongs to, where it is not its own. */
const HOMES = /** @type {Partial<Record<import('../types').Route['screen'], string>>} */ ({
  appointment: 'agenda', assign: 'agenda', swap: 'agenda', propose: 'agenda', cancel: 'agenda',
  absence: 'duty', opening: 'duty', brigade: 'duty', week: 'desk', why: 'desk',
});

/** @param {import('../ui/context.js').Context} context */
export function tabs(context) {
  const { state, view, me, t, parts } = context;
  const alone = me?.unit_id === null;
  const chief = me?.agent.roles.includes('chief');
  const answers = me?.agent.roles.includes('supervisor') || (chief && !alone);
  // What else waits is counted by the part that shows it, a moment after the first picture.
  const counts = { inbox: 0, agenda: 0, desk: 0, ...parts.later.get()?.waiting(context) };
  for (const item of view.requests.values()) {
    if (item.state !== 'waiting') continue;
    counts.inbox += 1;
    if (Date.parse(item.due_at) <= state.now) counts.desk += 1;
  }
  const at = state.route.screen;
  const current = at === 'settings' ? at : alone ? (answers ? 'desk' : 'settings') : PANES.has(at) ? 'inbox' : HOMES[at] ?? at;
  return html`<nav class="tabs" aria-label=${t('navigation')}>
    ${TABS.filter(({ screen }) => (screen === 'desk' ? answers : !alone || screen === 'settings')).map(({ screen, label, icon: name }) => {
      const count = (chief || screen !== 'desk') && counts[/** @type {keyof typeof counts} */ (screen)];
      return html`<a class="tab" href=${address(screen)} aria-current=${current === screen ? 'page' : nothing}>
        ${icon(name)}<span>${t(label)}${count ? html` <b class="count">${count}</b>` : nothing}</span>
      </a>`;
    })}
  </nav>`;
}
