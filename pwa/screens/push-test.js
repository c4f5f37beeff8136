import { html, nothing } from 'lit-html';
import { STEPS } from '../life/push-test.js';
import { icon } from '../ui/icon.js';

/**
 * @typedef {import('../life/push-test.js').PushTest} PushTest
 * @typedef {'done' | 'now' | 'failed' | 'todo'} Standing
 */

const ICONS = { done: 'done', now: 'time', failed: 'warning', todo: 'step' };

/**
 * "Test my terminal": each step of the way as it is taken, and what to do about the one that is not.
 * @param {import('../life/main.js').LifeContext} context
 * @param {PushTest | null} test
 */
export function pushTest({ w, acts }, test) {
  const arrived = test && !test.running && test.reached === STEPS.length;
  return html`<section class="block push" aria-labelledby="test-title">
    <h2 id="test-title">${w('test_title')}</h2>
    <p class="quiet">${w('test_hint')}</p>
    <button class="button button-secondary button-wide" type="button" aria-disabled=${String(Boolean(test?.running))} @click=${acts.testPush}>${w(test?.running ? 'test_running' : 'test_do')}</button>
    ${test ? html`<ol class="push-steps">${STEPS.map((step, index) => {
      const standing = standingOf(test, index);
      return html`<li data-standing=${standing}>${icon(ICONS[standing])}<span>${w(`test_step_${step}`)}<span class="quiet"> · ${w(`test_${standing}`)}</span></span></li>`;
    })}</ol>` : nothing}
    <div role="status">${arrived ? html`<p class="done">${icon('done')}<span>${w('test_arrived')}</span></p><p class="quiet">${w('test_unseen')}</p>` : nothing}</div>
    <div role="alert">${test?.help ? html`<div class="callout callout-warning"><p>${icon('warning')}<span>${w(test.help, { code: test.code })}</span></p></div>` : nothing}</div>
  </section>`;
}

/**
 * @param {PushTest} test
 * @param {number} index of a step
 * @returns {Standing}
 */
function standingOf({ reached, help }, index) {
  if (index < reached) return 'done';
  if (index > reached) return 'todo';
  return help ? 'failed' : 'now';
}
