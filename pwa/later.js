// What comes after the first picture: one request, people's time, what was refused. One file of the build,
// which the service worker keeps like the others, so that all of it works without network.

export { conflicts } from './screens/conflicts.js';
export { detailContent } from './screens/detail-content.js';
export { notices } from './screens/notices.js';
export { createServiceActions } from './screens/service/actions.js';
export { serviceScreen } from './screens/service/screen.js';
