/**
 * Which browser's own words lead to its settings.
 * @param {string} agent the browser's user agent
 * @param {boolean} installed it runs like an app, without an address bar
 * @returns {'ios' | 'android_app' | 'firefox_android' | 'android' | 'firefox' | 'safari' | 'desktop'}
 */
export function browserKind(agent, installed) {
  if (/iPhone|iPad/.test(agent)) return 'ios';
  if (/Android/.test(agent)) return installed ? 'android_app' : /Firefox/.test(agent) ? 'firefox_android' : 'android';
  if (/Firefox/.test(agent)) return 'firefox';
  return /Safari/.test(agent) && !/Chrom/.test(agent) ? 'safari' : 'desktop';
}

/**
 * The words that lead back from a refusal, in the browser at hand.
 * @returns {`push_refused_${ReturnType<typeof browserKind>}`}
 */
export function wayBack() {
  return `push_refused_${browserKind(navigator.userAgent, matchMedia('(display-mode: standalone)').matches)}`;
}
