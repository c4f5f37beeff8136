import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { backTo } from '../service/frame.js';
import { answersFor, supervises } from './actions.js';
import { lateWait } from './wait.js';

/**
 * @typedef {import('../../ui/context.js').Context} Context
 * @typedef {import('./actions.js').LateActions} LateActions
 * @typedef {import('./actions.js').LateAnswer} LateAnswer
 */

/** Where a chief comes to it from the desk. */
export const LATE = `${address('desk')}/retard`;

/**
 * The link on the desk, with how many waits a chief was called for.
 * @param {Context} context
 * @param {LateActions} acts
 */
export function lateLink({ t }, acts) {
  const late = acts.read().answer?.late;
  return html`<a class="button button-plain" href=${LATE}>${icon('alarm')}<span>${t('late_title')}${late ? html` <b class="count">${late}</b>` : nothing}</span></a>`;
}

/**
 * What climbs, the most late first, and what has ended lately; each opens to its calls.
 * @param {Context} context
 * @param {LateActions} acts
 */
export function lateScreen(context, acts) {
  const { me, t } = context;
  const { answer, failed, loading } = acts.read();
  return html`${supervises(me) ? nothing : backTo(address('desk'), t('tab_desk'))}
    <header class="service-head"><h1 id="page-title" tabindex="-1">${t('late_title')}</h1>
      <button class="button button-secondary" type="button" aria-disabled=${loading ? 'true' : nothing} @click=${acts.refresh}>${t('late_refresh')}</button></header>
    <p class="hint">${t('late_intro')}</p>
    <div role="status" aria-live="polite">${standing(context, acts)}</div>
    ${answer && !failed ? html`<p class="quiet">${t('late_as_of', { when: context.format.on(answer.at) })}</p>` : nothing}
    ${answer ? lists(context, answer, acts) : nothing}`;
}

/**
 * Why there is no picture, or no newer one. It is read out, hence no time in it that changes by itself.
 * @param {Context} context
 * @param {LateActions} acts
 */
function standing({ me, t, format }, acts) {
  const { answer, failed } = acts.read();
  if (failed === 'not_yours' || !answersFor(me)) return html`<div class="callout callout-warning"><p>${t('late_not_yours')}</p></div>`;
  if (failed) return html`<div class="callout callout-warning"><p>${answer ? t(`late_${failed}`, { when: format.on(answer.at) }) : t(`late_${failed}_nothing`)}</p></div>`;
  return answer ? nothing : html`<p class="quiet-start">${t('loading')}</p>`;
}

/**
 * @param {Context} context
 * @param {LateAnswer} answer
 * @param {LateActions} acts
 */
function lists(context, { waiting, ended, total, late, cursor, everywhere, alerts }, acts) {
  const { t } = context;
  const rows = (/** @type {LateAnswer['waiting']} */ waits) => repeat(waits, ({ id }) => id, (one) => lateWait(context, one, everywhere));
  return html`
    ${alerts.map(({ code, measure, hours, count }) => html`<p class="callout callout-warning late-alert">${icon('warning')}<span>${code === 'texts_wait'
      ? t(count === 1 ? 'late_texts_wait_one' : 'late_texts_wait_many', { n: count })
      : t(`late_${code}`, { what: t(`late_ceiling_${measure ?? 'segments'}`), per: t(hours === 1 ? 'late_per_hour' : 'late_per_day') })}</span></p>`)}
    ${total === 0 ? html`<div class="empty"><p class="empty-title">${t('late_none')}</p><p>${t('late_none_text')}</p></div>` : html`
    <section class="block" aria-labelledby="late-waiting">
      <h2 id="late-waiting">${t('late_waiting')} <b class="count">${total}</b></h2>
      ${late ? html`<p class="late-words"><b>${t('late_of_them', { n: late })}</b></p>` : nothing}
      <ul class="rows late-waiting">${rows(waiting)}</ul>
      ${cursor === null ? nothing : html`<div class="buttons"><button class="button button-secondary" type="button" @click=${acts.more}>${t('late_more')}</button></div>`}
    </section>`}
    ${ended.length ? html`<section class="block" aria-labelledby="late-ended">
      <h2 id="late-ended">${t('late_ended')} <b class="count">${ended.length}</b></h2>
      <ul class="rows">${rows(ended)}</ul></section>` : nothing}`;
}
