import { html, nothing } from 'lit-html';

/**
 * A part of the page that comes after the first picture, or an honest line while it is not there.
 * @param {import('../ui/context.js').Context} context
 * @param {string | null} heading the id of the title that takes the focus, where it is a screen of its own
 * @param {(parts: import('../ui/later.js').Later) => unknown} draw
 */
export function later({ state, t, actions }, heading, draw) {
  if (state.later && state.later !== 'failed') return draw(state.later);
  const title = heading ? html`<h1 id=${heading} class="visually-hidden" tabindex="-1">${t('loading')}</h1>` : nothing;
  if (state.later === null) return html`${title}<p class="quiet-start">${t('loading')}</p>`;
  return html`${title}<div class="callout callout-warning"><p>${t('later_failed')}</p>
    <div class="buttons"><button class="button button-secondary" type="button" @click=${actions.loadLater}>${t('retry')}</button></div></div>`;
}
