/**
 * Put the style sheet of a later part into the page. It goes into the sheet that is there, because the page accepts no
 * style that is written into it.
 * @param {string} text
 */
export function addStyles(text) {
  const [sheet] = document.styleSheets;
  sheet.insertRule(`@media all{${text}}`, sheet.cssRules.length);
}
