import { html } from 'lit-html';
import { address } from '../../router.js';
import { icon } from '../../ui/icon.js';
import { wallOf } from '../../ui/zone.js';
import { backTo, input, segments } from './frame.js';

const LONGEST_WORD = 80;

/**
 * Declare when somebody is not free: whole days, or hours.
 * @param {import('./frame.js').Frame} frame
 */
export function absenceForm(frame) {
  const { state, view, agent, t, zone, form, does } = frame;
  const about = state.route.id === null ? agent : view.agents.get(Number(state.route.id)) ?? agent;
  const mine = about.id === agent.id;
  const today = wallOf(state.now, zone).day;
  const hours = Boolean(form.hours);
  return html`${backTo(address('duty', mine ? null : String(about.id)), mine ? t('tab_duty') : about.name)}
    <h1 id="page-title" tabindex="-1">${mine ? t('absence_declare') : t('absence_declare_for', { name: about.name })}</h1>
    <form class="form service-form" novalidate @submit=${(/** @type {SubmitEvent} */ event) => does.declare(event, about.id)}>
      ${segments({ legend: t('absence_kind'), name: 'kind', values: [['days', t('absence_days')], ['hours', t('absence_hours')]], current: hours ? 'hours' : 'days', set: (value) => does.form({ hours: value === 'hours', errors: undefined }) })}
      ${when(frame, 'from', t(hours ? 'from' : 'from_day'), today, today)}
      ${when(frame, 'to', t(hours ? 'to' : 'to_day'), '', today)}
      ${input(frame, { name: 'word', label: t('absence_word'), type: 'text', hint: t('absence_word_hint'), longest: LONGEST_WORD })}
      ${released(frame)}
      <div class="service-do"><button class="button button-primary button-wide" type="submit">${t(frame.form.released?.length ? 'absence_releases_do' : 'absence_declare')}</button></div>
    </form>`;
}

/**
 * What would be given back to the team, before it is.
 * @param {import('./frame.js').Frame} frame
 */
function released({ t, form, period }) {
  const items = form.released ?? [];
  if (items.length === 0) return '';
  return html`<div class="notice" id="released" role="alert" tabindex="-1"><p>${icon('warning')}<span>${t(items.length === 1 ? 'absence_releases_one' : 'absence_releases_many', { n: items.length })}</span></p>
    <ul class="plain-list">${items.map((item) => html`<li>${period(item)}</li>`)}</ul></div>`;
}

/**
 * A day, and its hour where hours count. Without a last day the absence ends on the day it begins.
 * @param {import('./frame.js').Frame} frame
 * @param {'from' | 'to'} end
 * @param {string} label
 * @param {string} value
 * @param {string} min
 */
function when(frame, end, label, value, min) {
  const { t, form } = frame;
  return html`<div class="field-pair">
    ${input(frame, { name: `${end}_day`, label, type: 'date', value, min, hint: end === 'to' ? t('to_day_hint') : undefined })}
    ${form.hours ? input(frame, { name: `${end}_time`, label: t(end === 'from' ? 'from_time' : 'to_time'), type: 'time' }) : ''}
  </div>`;
}
