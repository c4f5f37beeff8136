// The words of these screens come with them, in both languages: they are few, and asked for together.

import en from '../locales/life/en.js';
import fr from '../locales/life/fr.js';
import { fill } from '../ui/translate.js';

/**
 * @typedef {keyof typeof fr} LifeKey
 * @typedef {(key: LifeKey, values?: Record<string, string | number>) => string} LifeTranslate
 */

/**
 * @param {'fr' | 'en'} language
 * @returns {LifeTranslate}
 */
export function lifeTranslator(language) {
  const words = language === 'en' ? en : fr;
  return (key, values) => fill(words[key], values);
}

/**
 * A key that is put together at run time, or the fallback when there are no such words.
 * @param {string} key
 * @param {LifeKey} fallback
 * @returns {LifeKey}
 */
export function lifeKeyOr(key, fallback) {
  return key in fr ? /** @type {LifeKey} */ (key) : fallback;
}
