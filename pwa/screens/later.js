import { html, nothing } from 'lit-html';

/** @typedef {import('../ui/context.js').Context} Context */

/**
 * A part of the page that comes after the first picture, or an honest line while it is not there.
 * @param {Context} context
 * @param {string | null} heading the id of the title that takes the focus, where it is a screen of its own
 * @param {(later: import('../later.js').Later) => unknown} draw
 */
export function later(context, heading, draw) {
  const part = context.parts.later;
  const here = part.get();
  return here ? draw(here) : absent(context, part, heading);
}

/**
 * Instead of a part that has not come yet, or cannot come.
 * @param {Context} context
 * @param {import('../ui/lazy.js').Lazy<unknown>} part
 * @param {string | null} heading
 */
export function absent({ t }, part, heading) {
  const title = heading ? html`<h1 id=${heading} class="visually-hidden" tabindex="-1">${t('loading')}</h1>` : nothing;
  if (!part.failed()) return html`${title}<p class="quiet-start">${t('loading')}</p>`;
  return html`${title}<div class="callout callout-warning" role="alert"><p>${t('later_failed')}</p>
    <div class="buttons"><button class="button button-secondary" type="button" @click=${part.retry}>${t('retry')}</button></div></div>`;
}
