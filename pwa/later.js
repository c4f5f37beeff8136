// What comes after the first picture: one request, people's time, what was refused. One file of the build,
// which the service worker keeps like the others, so that all of it works without network.

import en from './locales/later/en.js';
import fr from './locales/later/fr.js';
import { createRequestActions } from './request-actions.js';
import { createAgendaActions } from './screens/agenda/actions.js';
import { conflicts } from './screens/conflicts.js';
import { detailContent } from './screens/detail-content.js';
import { notices } from './screens/notices.js';
import { waiting } from './screens/waiting.js';
import { createServiceActions } from './screens/service/actions.js';
import { serviceScreen } from './screens/service/screen.js';
import agendaStyles from './styles/terminal/agenda.css';
import recurrenceStyles from './styles/terminal/recurrence.css';
import requestDetailStyles from './styles/terminal/request-detail.css';
import serviceStyles from './styles/terminal/service.css';
import { hasLater } from './sync/later-mutations.js';
import { reportSights } from './sights.js';
import { addStyles } from './ui/add-styles.js';
import { keepFocus } from './ui/keep-focus.js';
import { lazy } from './ui/lazy.js';
import { addWords } from './ui/translate.js';

/**
 * @typedef {import('./ui/context.js').Context} Context
 * @typedef {Context & {acts: import('./request-actions.js').RequestActions}} LaterContext
 * @typedef {ReturnType<typeof createLater>} Later
 */

addWords('fr', fr);
addWords('en', en);
addStyles(requestDetailStyles);
addStyles(serviceStyles);
addStyles(agendaStyles);
addStyles(recurrenceStyles);

/** @param {Parameters<typeof createRequestActions>[0]} parts */
export function createLater(parts) {
  const acts = createRequestActions(parts);
  reportSights(parts);
  if (hasLater(parts.store.state.held.outbox)) void parts.refresh();
  const does = { ...createServiceActions(parts), agenda: createAgendaActions(parts) };
  const week = lazy(async () => (await import('./week.js')).createWeek(parts), () => {
    parts.store.set({});
    keepFocus();
  });
  const late = lazy(async () => (await import('./late.js')).createLate(parts), () => parts.store.set({}));
  return {
    waiting,
    /** @param {Context} context */
    news: (context) => [conflicts({ ...context, acts }), notices({ ...context, acts })],
    /** @param {Context} context @param {string} id */
    detail: (context, id) => detailContent({ ...context, acts }, id),
    /** @param {Context} context */
    service: (context) => serviceScreen(context, does, week, late),
  };
}
