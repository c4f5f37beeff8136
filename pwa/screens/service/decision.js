import { html, nothing } from 'lit-html';
import { icon } from '../../ui/icon.js';
import { errorOf } from './frame.js';
import { titleOf } from './opening-row.js';

const LONGEST_WORD = 500;

/**
 * @typedef {import('./frame.js').Frame} Frame
 * @typedef {import('../../types').OpeningItem} OpeningItem
 * @typedef {'opening.approve' | 'opening.refuse' | 'opening.withdraw'} Decision
 */

const LOOKS = /** @type {const} */ ({
  'opening.approve': { words: 'approve', icon: 'check', look: 'button-primary' },
  'opening.refuse': { words: 'refuse', icon: 'close', look: 'button-secondary' },
  'opening.withdraw': { words: 'withdraw', icon: 'undo', look: 'button-secondary' },
});

/**
 * What can be decided about an opening, in its own row; a refusal and a withdrawal ask for a word first.
 * @param {Frame} frame
 * @param {OpeningItem} item
 * @param {readonly Decision[]} ops
 * @param {string} title where the focus goes once it is decided
 * @param {unknown} [beside] what else can be done, after the decisions
 */
export function decision(frame, item, ops, title, beside = nothing) {
  const { t, form, does } = frame;
  const { deciding } = form;
  if (deciding?.opening === item.id && ops.includes(deciding.op)) return wordForm(frame, deciding, title);
  return html`<div class="buttons">${ops.map((op) => {
    const { words, icon: name, look } = LOOKS[op];
    const tap = () => (op === 'opening.approve' ? does.approve(item.id, title) : does.ask({ opening: item.id, op }));
    return html`<button class="button ${look}" type="button" @click=${tap}>${icon(name)}${t(words)}<span class="visually-hidden">, ${titleOf(frame, item)}</span></button>`;
  })}${beside}</div>`;
}

/**
 * @param {Frame} frame
 * @param {NonNullable<Frame['form']['deciding']>} deciding
 * @param {string} title
 */
function wordForm(frame, deciding, title) {
  const { t, form, does } = frame;
  const refusing = deciding.op === 'opening.refuse';
  const wrong = Boolean(form.errors?.word);
  return html`<form class="decision" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.decide(event, deciding, title)}>
    <div class="field" ?data-error=${wrong}>
      <label for="decision-word">${t(refusing ? 'refuse_word' : 'withdraw_word')}</label>
      ${errorOf(frame, 'word')}
      <textarea id="decision-word" name="word" rows="2" maxlength=${LONGEST_WORD} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? 'word-error' : nothing}></textarea>
    </div>
    <div class="buttons">
      <button class="button button-danger" type="submit">${t(refusing ? 'refuse_do' : 'withdraw_do')}</button>
      <button class="button button-plain" type="button" @click=${() => does.forgo(deciding.opening, title)}>${t('back')}</button>
    </div>
  </form>`;
}
