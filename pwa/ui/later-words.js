import en from '../locales/later/en.js';
import fr from '../locales/later/fr.js';

/** @typedef {keyof typeof fr} LaterKey */

/**
 * The words of what comes after the first picture.
 * @param {'fr' | 'en'} language
 * @returns {(key: LaterKey, values?: Record<string, string | number>) => string}
 */
export function laterWords(language) {
  const words = language === 'en' ? en : fr;
  return (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));
}

/**
 * A key that is put together at run time, or the fallback when there are no such words.
 * @param {string} key
 * @param {LaterKey} fallback
 * @returns {LaterKey}
 */
export function laterKey(key, fallback) {
  return key in fr ? /** @type {LaterKey} */ (key) : fallback;
}
