// Addresses live after the #: the server never sees which request a gendarme reads.

/** @typedef {import('./types').Route} Route */

const STEPS = /** @type {const} */ ({ noter: 'note', transferer: 'transfer', clore: 'close' });

const AGENDA = /** @type {const} */ ({ confier: 'assign', echanger: 'swap', horaires: 'propose', annuler: 'cancel' });

/**
 * @param {string} hash
 * @returns {Route}
 */
export function readRoute(hash) {
  const [, place = '', id = '', step = '', part = ''] = hash.split('/');
  // What follows is which of them: their later part knows (life/main.js).
  if (place === 'reglages') return { screen: 'settings', id: id || null };
  if (place === 'enrol') return { screen: 'enrol', id: id ? decode(id) : null };
  if (place === 'agenda') {
    if (!id) return { screen: 'agenda', id: null };
    return { screen: step in AGENDA ? AGENDA[/** @type {keyof typeof AGENDA} */ (step)] : 'appointment', id: decode(id) };
  }
  if (place === 'a-traiter') return { screen: 'desk', id: id || null };
  if (place === 'semaine') return { screen: id === 'pourquoi' ? 'why' : 'week', id: null };
  // What follows is the opening and what of it: its later part knows (screens/openings/screen.js).
  if (place === 'dispo' && id === 'creneau') return { screen: 'opening', id: step ? decode(part ? `${step}/${part}` : step) : null };
  if (place === 'dispo') return { screen: id === 'absence' ? 'absence' : 'duty', id: null };
  if (place === 'brigade') {
    if (!id) return { screen: 'brigade', id: null };
    return { screen: step === 'absence' ? 'absence' : 'duty', id: decode(id) };
  }
  if (place === 'demandes' && id) {
    const screen = step in STEPS ? STEPS[/** @type {keyof typeof STEPS} */ (step)] : 'request';
    return { screen, id: decode(id) };
  }
  return { screen: 'inbox', id: null };
}

/**
 * @param {Route['screen']} screen
 * @param {string | null} [id]
 */
export function address(screen, id = null) {
  if (screen === 'settings') return `#/reglages${id ? `/${id}` : ''}`;
  if (screen === 'enrol') return '#/enrol';
  if (screen === 'desk') return '#/a-traiter';
  if (screen === 'agenda') return '#/agenda';
  const verb = Object.entries(AGENDA).find(([, name]) => name === screen)?.[0];
  if (id && (verb || screen === 'appointment')) return `#/agenda/${encodeURIComponent(id)}${verb ? `/${verb}` : ''}`;
  if (screen === 'week') return '#/semaine';
  if (screen === 'why') return '#/semaine/pourquoi';
  if (screen === 'opening') return `#/dispo/creneau${id ? `/${id}` : ''}`;
  if (screen === 'brigade') return '#/brigade';
  if (screen === 'duty' || screen === 'absence') {
    return `#/${id ? `brigade/${encodeURIComponent(id)}` : 'dispo'}${screen === 'absence' ? '/absence' : ''}`;
  }
  if (screen === 'inbox' || !id) return '#/demandes';
  const step = Object.entries(STEPS).find(([, name]) => name === screen)?.[0];
  return `#/demandes/${encodeURIComponent(id)}${step ? `/${step}` : ''}`;
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Read where the address leads. An enrolment code leaves the address bar and the history at once: it is a key.
 * @returns {Route}
 */
export function takeRoute() {
  const route = readRoute(location.hash);
  if (route.screen === 'enrol' && route.id) history.replaceState(null, '', address('enrol'));
  return route;
}
