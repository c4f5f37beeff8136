import fr from '../locales/fr.js';

/**
 * @typedef {keyof typeof fr | keyof typeof import('../locales/later/fr.js').default
 *   | keyof typeof import('../locales/week/fr.js').default | keyof typeof import('../locales/late/fr.js').default} Key
 * @typedef {(key: Key, values?: Record<string, string | number>) => string} Translate
 */

/** @type {{fr: Record<string, string>, en: Record<string, string>}} */
const catalogues = { fr: { ...fr }, en: {} };

/**
 * Make a language's words ready. French is there from the start, so that the first picture waits for nothing.
 * @param {'fr' | 'en'} language
 */
export async function loadLanguage(language) {
  if (language === 'en') addWords('en', (await import('../locales/en.js')).default);
}

/**
 * The words of what comes after the first picture.
 * @param {'fr' | 'en'} language
 * @param {Record<string, string>} words
 */
export function addWords(language, words) {
  Object.assign(catalogues[language], words);
}

/**
 * The words of a language that is loaded; French else.
 * @param {'fr' | 'en'} language
 * @returns {Translate}
 */
export function translator(language) {
  return (key, values) => fill(catalogues[language][key] ?? catalogues.fr[key] ?? '', values);
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
  return key in catalogues.fr ? /** @type {Key} */ (key) : fallback;
}
