import { html } from 'lit-html';

/**
 * One of the design system's icons (pwa/styles/terminal/icons.css); always beside the words that it stands for.
 * @param {string} name
 */
export function icon(name) {
  return html`<span class="icon icon-${name}" aria-hidden="true"></span>`;
}
