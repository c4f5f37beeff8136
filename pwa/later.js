// What comes after the first picture: one request, people's time, what was refused. One file of the build,
// which the service worker keeps like the others, so that all of it works without network.

import en from './locales/later/en.js';
import fr from './locales/later/fr.js';
import { conflicts } from './screens/conflicts.js';
import { detailContent } from './screens/detail-content.js';
import { notices } from './screens/notices.js';
import { createServiceActions } from './screens/service/actions.js';
import { serviceScreen } from './screens/service/screen.js';
import { addWords } from './ui/translate.js';

/** @typedef {ReturnType<typeof createLater>} Later */

addWords('fr', fr);
addWords('en', en);

/** @param {Parameters<typeof createServiceActions>[0]} parts */
export function createLater(parts) {
  const does = createServiceActions(parts);
  return {
    conflicts,
    detailContent,
    notices,
    /** @param {import('./ui/context.js').Context} context */
    serviceScreen: (context) => serviceScreen(context, does),
  };
}
