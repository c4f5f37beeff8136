import fr from '../locales/fr.js';

/**
 * @typedef {keyof typeof fr} Key
 * @typedef {(key: Key, values?: Record<string, string | number>) => string} Translate
 */

/** @type {Record<string, Record<Key, string>>} */
const catalogues = { fr };

/**
 * Make a language's words ready. French is there from the start, so that the first picture waits for nothing.
 * @param {'fr' | 'en'} language
 */
export async function loadLanguage(language) {
  if (language === 'en') catalogues.en ??= (await import('../locales/en.js')).default;
}

/**
 * The words of a language that is loaded; French else.
 * @param {'fr' | 'en'} language
 * @returns {Translate}
 */
export function translator(language) {
  const words = catalogues[language] ?? fr;
  return (key, values) => fill(words[key], values);
}

/**
 * @param {string} words
 * @param {Record<string, string | number>} [values] what to put into the holes; others stay
 */
export function fill(words, values = {}) {
  return words.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));
}

/**
 * A key that is put together at run time, or the fallback when there are no such words.
 * @param {string} key
 * @param {Key} fallback
 * @returns {Key}
 */
export function keyOr(key, fallback) {
  return key in fr ? /** @type {Key} */ (key) : fallback;
}
