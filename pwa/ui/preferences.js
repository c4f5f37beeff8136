// The choices that belong to the phone and not to the person: language, display, whose appointments the agenda shows.

/**
 * @param {'language' | 'theme' | 'agenda'} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Refused storage costs the choice at the next start, nothing else.
  }
}

/**
 * @template {string} V
 * @param {'language' | 'theme' | 'agenda'} name
 * @param {readonly V[]} values
 * @param {V} fallback
 * @returns {V}
 */
export function recall(name, values, fallback) {
  try {
    const value = /** @type {V | null} */ (localStorage.getItem(name));
    return value && values.includes(value) ? value : fallback;
  } catch {
    return fallback;
  }
}
