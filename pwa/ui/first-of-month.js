/**
 * Formatters say "1 décembre", and people "1er décembre".
 * @param {string} language
 * @param {string} words a day in words, the month after its number
 */
export function firstOfMonth(language, words) {
  return language === 'fr' ? words.replace(/ 1\b/, ' 1er') : words;
}
