import { html, nothing } from 'lit-html';
import { icon } from '../ui/icon.js';
import { contact } from './contact.js';
import { history } from './history.js';
import { actionBar } from './action-bar.js';
import { pendingMark, titleOf } from './request-head.js';
import { toldList } from './told-list.js';

/**
 * @typedef {import('../later.js').LaterContext} Context
 * @typedef {import('../types').RequestItem} RequestItem
 */

/**
 * One request: who and how to call, the word to say, what happened, where, and what was done.
 * @param {Context} context
 * @param {RequestItem} item
 */
export function request(context, item) {
  const { t } = context;
  return html`
    ${titleOf(context, item)}
    ${item.pending.length ? pendingMark(context) : nothing}
    ${item.discreet ? html`<div class="callout callout-discreet"><h2>${icon('discreet')}<span>${t('discreet_title')}</span></h2><p>${t('discreet_text')}</p></div>` : nothing}
    ${contact(context, item)}
    <section class="block word" aria-labelledby="word-title">
      <h2 id="word-title">${t('word_title')}</h2>
      <p class="word-itself">«\u202f${item.call_back_word}\u202f»</p>
      <p class="quiet">${t('word_why')}</p>
    </section>
    <section class="block" aria-labelledby="facts-title">
      <h2 id="facts-title">${t('facts')}</h2>
      ${item.language === 'en' ? html`<p class="mark">${icon('translate')}${t('speaks_english')}</p>` : nothing}
      <p class="facts" lang=${item.language}>${item.facts || t('no_facts')}</p>
    </section>
    ${place(context, item)}
    ${toldList(context, item.told)}
    ${history(context, item)}
    ${actionBar(context, item)}`;
}

/**
 * The map link carries the words of the address, so that any map, without network too, may find it.
 * @param {Context} context
 * @param {RequestItem} item
 */
function place({ t, acts, state }, item) {
  const where = [item.place, item.commune.name].filter(Boolean).join(', ');
  return html`<section class="block" aria-labelledby="place-title">
    <h2 id="place-title">${t('place')}</h2>
    <p>${where}</p>
    <div class="buttons">
      <a class="button button-secondary" href="geo:0,0?q=${encodeURIComponent(where)}">${icon('map')}${t('map')}</a>
      <button class="button button-secondary" type="button" @click=${() => acts.copy(where)}>${icon(state.forms.copied ? 'check' : 'copy')}${t(state.forms.copied ? 'copied' : 'copy')}</button>
    </div>
  </section>`;
}
