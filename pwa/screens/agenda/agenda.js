import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { address } from '../../router.js';
import { isBooked, receives } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { recall } from '../../ui/preferences.js';
import { wallOf } from '../../ui/zone.js';
import { news, staleness } from '../inbox.js';
import { segments } from '../service/frame.js';
import { ownStopped } from '../service/plannings.js';
import { day, daysOf } from './days.js';
import { intervention } from './intervention.js';
import { questions } from './question.js';
import { hours, inOrder, lacks, reasonWords } from './parts.js';

/** @typedef {import('./parts.js').Frame} Frame @typedef {import('./parts.js').Item} Item */

const SOON_MS = 24 * 3_600_000;

/**
 * Today and the coming fortnight: who comes next, what is still to be said, then day by day.
 * @param {Frame} frame
 */
export function agenda(frame) {
  const { state, view, agent, zone, t, form, does } = frame;
  const whose = form.whose ?? recall('agenda', /** @type {const} */ (['mine', 'unit']), 'mine');
  const all = inOrder([...view.appointments.values()]);
  const shown = whose === 'unit' ? all : all.filter((item) => receives(item, agent.id));
  const today = wallOf(state.now, zone).day;
  const toSay = all.filter((item) => item.state === 'confirmed' && Date.parse(item.ends_at) <= state.now && (whose === 'unit' || receives(item, agent.id)));
  const days = daysOf(frame, shown.filter((item) => wallOf(item.starts_at, zone).day >= today), whose);
  const free = all.filter((item) => lacks(item) && Date.parse(item.ends_at) > state.now).length;
  return html`
    <h1 id="page-title" tabindex="-1">${t('tab_agenda')}</h1>
    ${news(frame)}
    ${staleness(frame)}
    <div class="agenda-switch">${segments({ legend: t('agenda_whose'), name: 'whose', values: [['mine', t('agenda_mine')], ['unit', t('agenda_unit')]], current: whose, set: does.agenda.show })}</div>
    <div class="agenda-columns">
      <div>
        ${next(frame, all)}
        ${intervention(frame)}
        ${ownStopped(frame)}
        ${questions(frame, all)}
        ${said(frame, toSay)}
      </div>
      <div>
        ${whose === 'mine' && free ? html`<button class="button button-secondary button-wide agenda-free" type="button" @click=${() => does.agenda.show('unit')}>${icon('user')}${free === 1 ? t('agenda_free_one') : t('agenda_free_many', { n: free })}</button>` : nothing}
        ${days.length === 0 ? html`<div class="empty"><p class="empty-title">${t(whose === 'mine' ? 'agenda_empty_mine' : 'agenda_empty')}</p><p>${t('agenda_empty_text')}</p></div>`
          : html`${days[0].day === today ? nothing : html`<p class="group-empty">${t('agenda_nothing_today')}</p>`}
            ${repeat(days, ({ day: key }) => key, (one) => day(frame, one, today))}`}
      </div>
    </div>`;
}

/**
 * The appointment of mine that goes on or comes next, large enough to be read at arm's length.
 * @param {Frame} frame
 * @param {Item[]} all
 */
function next(frame, all) {
  const { state, agent, t, format } = frame;
  const item = all.find((one) => isBooked(one) && receives(one, agent.id) && Date.parse(one.ends_at) > state.now);
  if (!item || Date.parse(item.starts_at) - state.now > SOON_MS) return nothing;
  const running = Date.parse(item.starts_at) <= state.now;
  return html`<section class="agenda-next" aria-labelledby="next-title">
    <h2 id="next-title">${t(running ? 'agenda_running' : 'agenda_next')}${running ? nothing : html`, ${until(frame, item)}`}</h2>
    <a class="agenda-next-link" href=${address('appointment', item.id)} data-id=${item.id}>
      <span class="agenda-next-time">${running ? hours(frame, item) : format.moment(item.starts_at)}</span>
      <span class="agenda-next-who">${item.citizen?.name ?? t('appointment')}</span>
      <span>${reasonWords(frame, item)} · ${item.place.kind === 'unit' ? t('appointment_at_counter', { n: item.counter.number }) : t(`place_${item.place.kind}`)}</span>
    </a>
  </section>`;
}

/**
 * @param {Frame} frame
 * @param {Item} item
 */
function until({ state, t }, item) {
  const minutes = Math.ceil((Date.parse(item.starts_at) - state.now) / 60_000);
  return minutes < 60 ? t('agenda_in_minutes', { n: minutes }) : t('agenda_in_hours', { n: Math.round(minutes / 60) });
}

/**
 * What is over, and nobody has said whether the citizen came.
 * @param {Frame} frame
 * @param {Item[]} items
 */
function said(frame, items) {
  const { t, period, does } = frame;
  // The title stays while its rows go, because the focus comes back to it.
  if (items.length === 0) return html`<div id="to-say-title" tabindex="-1"></div>`;
  return html`<section class="block" aria-labelledby="to-say-title">
    <h2 id="to-say-title" tabindex="-1">${t('agenda_to_say')} <b class="count">${items.length}</b></h2>
    <p class="hint">${t('agenda_to_say_hint')}</p>
    <ul class="rows">${repeat(items, ({ id }) => id, (item) => html`<li class="row">
      <a class="person" href=${address('appointment', item.id)} data-id=${item.id}><span class="row-title">${period(item)}</span>
        <span>${reasonWords(frame, item)}${item.citizen?.name ? html` · ${item.citizen.name}` : nothing}</span></a>
      <div class="buttons">
        <button class="button button-secondary" type="button" @click=${() => does.agenda.outcome(item.id, 'honoured', '#to-say-title')}>${icon('check')}${t('came')}<span class="visually-hidden">, ${period(item)}</span></button>
        <button class="button button-secondary" type="button" @click=${() => does.agenda.outcome(item.id, 'no_show', '#to-say-title')}>${icon('close')}${t('came_not')}<span class="visually-hidden">, ${period(item)}</span></button>
      </div></li>`)}</ul>
  </section>`;
}
