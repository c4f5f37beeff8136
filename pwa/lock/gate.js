/** @typedef {'enrol' | 'foreign' | 'signIn' | 'lock' | 'choosePin'} Gate */

/**
 * The screen about who this is that stands before all others, if one does. Behind it nothing of what is held is drawn.
 * @param {Pick<import('../store.js').State, 'phase' | 'route' | 'forms' | 'held' | 'locked'>} state
 * @returns {Gate | null}
 */
export function gateOf({ phase, route, forms, held, locked }) {
  if (phase === 'starting' || phase === 'broken') return null;
  // Whoever has a code may enrol a locked terminal as well: that is how a forgotten PIN is replaced.
  if (route.screen === 'enrol') return 'enrol';
  if (forms.foreign) return 'foreign';
  if (phase === 'signed-out' || !held.me) return 'signIn';
  if (locked) return 'lock';
  // Without WebCrypto, which browsers only give to secure pages, no PIN can be kept safely.
  return held.me.enrolled && !held.lock && globalThis.crypto?.subtle ? 'choosePin' : null;
}
