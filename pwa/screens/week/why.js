import { html, nothing } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { keyOr } from '../../ui/translate.js';
import { addDays, wallOf } from '../../ui/zone.js';
import { fieldError } from '../../ui/field-error.js';
import { backTo } from '../service/frame.js';
import { dayWords } from './frame.js';

/**
 * @typedef {import('../service/frame.js').Frame} Frame
 * @typedef {import('./why-actions.js').WhyActions} WhyActions
 */

/** What one asks about at first. */
const COMING_DAYS = 6;

/**
 * Why citizens find no slot for a reason, day by day. Only the server knows; without network this says so.
 * @param {Frame} frame
 * @param {WhyActions} asks
 */
export function why(frame, asks) {
  const { view, state, zone, t } = frame;
  const asked = asks.asked(state.route);
  const today = wallOf(state.now, zone).day;
  const back = html`${backTo(address('week'), t('week_back'))}<h1 id="page-title" tabindex="-1">${t('why_slots')}</h1><p class="hint">${t('why_slots_hint')}</p>`;
  if (!frame.chief) return html`${back}<p>${t('desk_chief_only')}</p>`;
  const reasons = view.reasons.filter(({ bookable }) => bookable !== false);
  if (reasons.length === 0) return html`${back}<p>${t('why_no_reasons')}</p>`;
  return html`${back}
    <form class="form why-form" novalidate @submit=${asks.ask}>
      <div class="field"><label for="why_reason">${t('why_reason')}</label>
        <select id="why_reason" name="reason">${reasons.map((reason) => html`<option value=${reason.code}>${reason[state.language] || reason.fr}</option>`)}</select></div>
      <div class="field" ?data-error=${asked.error !== null}>
        ${fieldError(asked.error ? t(asked.error) : null, 'why-error')}
        <div class="field-pair">
          ${dayField(frame, asked, 'why_from', today, today)}
          ${dayField(frame, asked, 'why_to', addDays(today, COMING_DAYS), today)}
        </div>
      </div>
      <div class="buttons"><button class="button button-primary" type="submit">${icon('info')}${t('why_do')}</button></div>
    </form>
    <div role="status" aria-live="polite">${status(frame, asked)}</div>
    ${asked.status === 'found' ? answer(frame, asked) : nothing}`;
}

/**
 * @param {Frame} frame
 * @param {import('./why-actions.js').Asked} asked
 * @param {'why_from' | 'why_to'} name
 * @param {string} value
 * @param {string} min
 */
function dayField({ t }, asked, name, value, min) {
  const wrong = asked.error !== null;
  return html`<div class="field"><label for=${name}>${t(name)}</label>
    <input id=${name} name=${name} type="date" value=${value} min=${min} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? 'why-error' : nothing}></div>`;
}

/** @param {Frame} frame @param {import('./why-actions.js').Asked} asked */
function status({ t }, { status: at }) {
  if (at === 'searching') return html`<p class="quiet-start">${t('why_searching')}</p>`;
  if (at === 'offline' || at === 'error' || at === 'none') return html`<div class="callout callout-warning"><p>${t(`why_${at}`)}</p></div>`;
  return nothing;
}

/** @param {Frame} frame @param {import('./why-actions.js').Asked} asked */
function answer(frame, { reason, days }) {
  const { view, state, t } = frame;
  const known = view.reasons.find(({ code }) => code === reason);
  return html`<section class="block" aria-labelledby="why-answer">
    <h2 id="why-answer" tabindex="-1">${t('why_answer', { reason: known ? known[state.language] || known.fr : reason })}</h2>
    ${days.map((day) => oneDay(frame, day))}
  </section>`;
}

/** @param {Frame} frame @param {import('./why-actions.js').Explained} one */
function oneDay({ t, format, state }, { day, offered, removed }) {
  const n = offered.length;
  return html`<div class="why-day"><h3>${dayWords(state.language).said(day)}</h3>
    <p>${n === 0 ? t('why_offered_none') : html`<b>${t(n === 1 ? 'why_offered_one' : 'why_offered_many', { n })}</b>`}</p>
    <ul>${removed.map((one) => html`<li>${icon(one.rule === 'no_opening' ? 'info' : 'close')}<span>${removal(t, format, one)}</span></li>`)}</ul></div>`;
}

/**
 * "Pris par un rendez-vous : 3 (de 9 h 00 à 11 h 00)"
 * @param {Frame['t']} t
 * @param {Frame['format']} format
 * @param {import('./why-actions.js').Removal} one
 */
function removal(t, format, { rule, count, first, last, because, closed_name }) {
  const when = first === last ? format.clock(first) : t('why_between', { from: format.clock(first), to: format.clock(last) });
  const key = keyOr(`why_rule_${rule}${because ? `_${because}` : ''}`, keyOr(`why_rule_${rule}`, 'why_rule_other'));
  return t(key, { n: count, code: rule, name: closed_name ?? '', when });
}
