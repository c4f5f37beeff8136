import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { asked } from './frame.js';

/** @typedef {import('./frame.js').Frame} Frame */

const PROGRAMS = /** @type {const} */ (['android', 'iphone', 'thunderbird', 'outlook']);

/**
 * The subscription of this terminal's agent. Its address is a key, shown once.
 * @param {Frame} frame
 */
export function feed(frame) {
  const { me, w, page } = frame;
  const enrolled = Boolean(me?.enrolled);
  return html`<section class="block" aria-labelledby="feed-title"><h2 id="feed-title">${icon('calendar')}<span>${w('cal_feed')}</span></h2>
    <p class="quiet">${w('cal_feed_text')}</p>
    ${page.feed ? once(frame, page.feed) : enrolled ? make(frame) : html`
    <p>${w('cal_feed_no_terminal')}</p><a class="button button-secondary" href=${address('enrol')}>${icon('device')}${w('cal_feed_enrol')}</a>`}
  </section>`;
}

/**
 * A first one at once; where this terminal has one, agendas read it, and it is not ended by one tap.
 * @param {Frame} frame
 */
function make({ w, seen, page, does }) {
  const busy = page.busy === 'feed';
  const go = () => does.exports.makeFeed(w('cal_feed_name'));
  if (!seen.exports) return nothing;
  if (!seen.exports.some(({ kind, terminal }) => kind === 'feed' && terminal?.this)) {
    return html`<button class="button button-secondary button-wide" type="button" aria-disabled=${String(busy)} @click=${go}>${icon('add')}${w(busy ? 'cal_feed_making' : 'cal_feed_make')}</button>`;
  }
  if (!page.asking) return html`<p class="quiet">${w('cal_feed_has')}</p><button class="button button-secondary button-wide" type="button" data-asks @click=${() => does.ask(true)}>${icon('refresh')}${w('cal_feed_replace')}</button>`;
  return asked({ w, does }, { title: w('cal_feed_replace_title'), text: w('cal_feed_replace_text'), verb: w(busy ? 'cal_feed_making' : 'cal_feed_replace'), busy, go });
}

/**
 * @param {Frame} frame
 * @param {string} url
 */
export function once({ w, page, does }, url) {
  return html`<div class="calendar-once">
    <label for="feed-address">${w('cal_feed_address')}</label>
    <input id="feed-address" class="calendar-key" readonly value=${url} @focus=${(/** @type {FocusEvent} */ { target }) => /** @type {HTMLInputElement} */ (target).select()}>
    <button class="button button-primary button-wide" type="button" @click=${() => does.exports.copy(url)}>${icon(page.copied ? 'check' : 'copy')}${w(page.copied ? 'cal_feed_copied' : 'cal_feed_copy')}</button>
    <div class="visually-hidden" role="status">${page.copied ? w('cal_feed_copied') : nothing}</div>
    <h3>${w('cal_feed_how')}</h3>
    <dl class="calendar-programs">${PROGRAMS.map((name) => html`<div><dt>${w(`cal_feed_${name}`)}</dt><dd>${w(`cal_feed_${name}_how`)}</dd></div>`)}</dl></div>`;
}
