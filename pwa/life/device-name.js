/**
 * What to call a device until somebody finds a better name: its model where the browser says it, else its kind.
 * @param {string} agent the browser's `userAgent`
 * @param {import('./words.js').LifeTranslate} w
 */
export function deviceName(agent, w) {
  // Browsers that keep the model to themselves say "K".
  const model = /Android [\d.]+; ([^;)]+?)(?: Build\/[^;)]*)?[;)]/.exec(agent)?.[1];
  if (model && model !== 'K' && !/^(Mobile|Tablet|wv)$/.test(model)) return model;
  if (/iPad|Tablet/.test(agent)) return w('name_tablet');
  return w(/Android|iPhone|Mobile/.test(agent) ? 'name_phone' : 'name_computer');
}
