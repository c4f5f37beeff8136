import { html, nothing } from 'lit-html';
import { isBooked } from '../../sync/effects/appointments.js';
import { icon } from '../../ui/icon.js';
import { toldMark } from '../agenda/told.js';

/**
 * @typedef {import('../service/frame.js').Frame} Frame
 * @typedef {import('../../types').Handling} Handling
 * @typedef {{id: string, reference: string | null, reason: string, starts_at: string, ends_at: string, who: string | null,
 *   told: import('../../types').AppointmentItem | null}} Concerned `told`: how, where this terminal knows it
 */

/** @type {readonly Handling[]} */
const HANDLINGS = ['reoffer', 'move', 'cancel'];

/**
 * The appointments whose time would go: those that this terminal holds, and those that the server has named, because
 * they are further ahead than what terminals hold.
 * @param {Frame} frame
 * @param {string} openingId
 * @param {{day: string, span: {starts_at: string, ends_at: string} | null}} [one] one occurrence, and its new times
 * @returns {Concerned[]} the earliest first
 */
export function concernedOf({ state, view }, openingId, one) {
  /** @type {Map<string, Concerned>} */
  const found = new Map();
  for (const { code, args, appointments } of state.held.conflicts) {
    if (code !== 'appointments_concerned' || args.opening_id !== openingId || args.day !== one?.day) continue;
    for (const named of appointments ?? []) if (!view.appointments.has(named.id)) found.set(named.id, { ...named, who: null, told: null });
  }
  const ids = new Set([...view.occurrences.values()].filter((each) => each.opening_id === openingId && (!one || each.day === one.day)).map(({ id }) => id));
  for (const item of view.appointments.values()) {
    if (!isBooked(item) || !ids.has(item.occurrence_id ?? '')) continue;
    found.set(item.id, { ...item, who: item.citizen?.name ?? null, told: item });
  }
  // Whoever is being received is left alone.
  return [...found.values()]
    .filter(({ starts_at, ends_at }) => Date.parse(starts_at) > state.now && !within(one?.span ?? null, starts_at, ends_at))
    .sort((first, second) => Date.parse(first.starts_at) - Date.parse(second.starts_at));
}

/**
 * @param {{starts_at: string, ends_at: string} | null} span
 * @param {string} starts_at
 * @param {string} ends_at
 */
function within(span, starts_at, ends_at) {
  return span !== null && Date.parse(span.starts_at) <= Date.parse(starts_at) && Date.parse(ends_at) <= Date.parse(span.ends_at);
}

/**
 * A choice for each appointment; the gentlest is chosen until somebody says otherwise.
 * @param {Frame} frame
 * @param {readonly Concerned[]} items
 */
export function concernedList(frame, items) {
  const { t, form, does } = frame;
  const handled = form.handled ?? {};
  const all = HANDLINGS.find((how) => items.every(({ id }) => (handled[id] ?? 'reoffer') === how)) ?? '';
  return html`<section class="concerned" aria-labelledby="concerned-title">
    <h2 id="concerned-title" tabindex="-1">${t('concerned')} <b class="count">${items.length}</b></h2>
    <p class="hint">${t('concerned_hint')}</p>
    ${items.length > 1 ? choices(frame, 'all', t('concerned_all'), all, (how) => does.handle(items.map(({ id }) => id), how)) : nothing}
    <ul class="rows">${items.map((item) => html`<li class="row">
      <p class="row-title">${frame.period(item)}</p>
      <p class="quiet">${[item.who, reasonName(frame, item.reason), item.reference].filter(Boolean).join(' · ')}</p>
      ${item.told ? html`<p class="row-marks">${toldMark(frame, item.told)}</p>` : nothing}
      ${choices(frame, item.id, t('concerned_what'), handled[item.id] ?? 'reoffer', (how) => does.handle([item.id], how))}
    </li>`)}</ul>
  </section>`;
}

/**
 * @param {Frame} frame
 * @param {string} id
 * @param {string} legend
 * @param {string} current
 * @param {(how: Handling) => void} set
 */
function choices({ t }, id, legend, current, set) {
  return html`<fieldset class="handling"><legend class=${id === 'all' ? '' : 'visually-hidden'}>${legend}</legend>
    ${HANDLINGS.map((how) => html`<label class="choice"><input type="radio" name="handling-${id}" value=${how} .checked=${current === how} @change=${() => set(how)}>
      <span>${t(`handling_${how}`)}</span></label>`)}</fieldset>`;
}

/**
 * What the mutation says of them.
 * @param {Frame['form']} form
 * @param {readonly Concerned[]} items
 * @returns {Record<string, Handling>}
 */
export function answersOf(form, items) {
  return Object.fromEntries(items.map(({ id }) => [id, form.handled?.[id] ?? 'reoffer']));
}

/**
 * The word for whoever is told; needed as soon as somebody's appointment is cancelled.
 * @param {Frame} frame
 * @param {readonly Concerned[]} items
 */
export function wordField(frame, items) {
  const { t, form } = frame;
  const wrong = Boolean(form.errors?.word);
  const cancels = Object.values(answersOf(form, items)).includes('cancel');
  const described = [items.length ? 'word-hint' : '', wrong ? 'word-error' : ''].filter(Boolean).join(' ');
  return html`<div class="field" ?data-error=${wrong}>
    <label for="word">${t(cancels ? 'withdraw_word_needed' : 'withdraw_word')}</label>
    ${items.length ? html`<p class="hint" id="word-hint">${t('withdraw_word_hint')}</p>` : nothing}
    ${wrong ? html`<p class="field-error" id="word-error">${icon('warning')}<span>${t('field_word_missing')}</span></p>` : nothing}
    <textarea id="word" name="word" rows="2" maxlength="500" aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${described || nothing}></textarea>
  </div>`;
}

/**
 * @param {Frame} frame
 * @param {string} code
 */
function reasonName({ view, state }, code) {
  const known = view.reasons.find((reason) => reason.code === code);
  return known ? known[state.language] || known.fr : code;
}
