// What comes after the first picture: one request, people's time, what was refused. One file of the build,
// which the service worker keeps like the others, so that all of it works without network.

import en from './locales/later/en.js';
import fr from './locales/later/fr.js';
import { addWords } from './ui/translate.js';

export { conflicts } from './screens/conflicts.js';
export { detailContent } from './screens/detail-content.js';
export { notices } from './screens/notices.js';
export { createServiceActions } from './screens/service/actions.js';
export { serviceScreen } from './screens/service/screen.js';

addWords('fr', fr);
addWords('en', en);
