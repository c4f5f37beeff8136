// The terminal without a memory: what was found of the outbox is shown, sent or copied; then one starts afresh.

import { html, nothing, render } from 'lit-html';
import { deliver, startAfresh } from '../sync/deliver.js';
import { isDeed } from '../sync/outbox.js';
import { formatter } from '../ui/format.js';
import { dress } from '../ui/page.js';

/** What people do not read, and what they read as a date. */
const IDS = new Set(['request_id', 'absence_id', 'opening_id']);
const INSTANT = /^\d{4}-\d\d-\d\dT/;

/**
 * @typedef {typeof import('../locales/memory/fr.js').default} Words
 * @typedef {import('../sync/mirror.js').Mirror} Mirror
 * @typedef {'idle' | 'sending' | 'sent' | 'not_sent' | 'signed_out'} Sending
 */

/**
 * Show it, and follow the person's taps.
 * @param {HTMLElement} root
 * @param {import('../store.js').Store<import('../store.js').State>} store
 * @param {any} error what has `found` of the outbox; null: another page holds on to the memory
 */
export async function broken(root, store, error) {
  // What was blocked may have gone on while this file came.
  if (error === null && store.state.phase !== 'starting') return;
  store.set({ phase: 'broken' });
  dress(store.state);
  const { language } = store.state;
  /** @type {Words} */
  const words = (await (language === 'en' ? import('../locales/memory/en.js') : import('../locales/memory/fr.js'))).default;
  /** @type {Mirror | null} */
  let found = error?.found?.outbox.some(isDeed) ? error.found : null;
  let [copied, leaving, refused] = [false, false, 0];
  /** @type {Sending} */
  let sending = 'idle';
  /** @type {Translate} */
  // An action of a newer version has no words here.
  const t = (key, values = {}) => (words[key] ?? words.memory_op_other).replace(/\{(\w+)\}/g, (hole, name) => String(values[name] ?? hole));
  const format = formatter(language, 'Europe/Paris', Date.now());

  const actions = {
    async send() {
      sending = 'sending';
      draw();
      const answer = await deliver(/** @type {Mirror} */ (found));
      ({ sending, refused } = answer);
      if (sending === 'sent') found = null;
      draw();
    },
    async copy() {
      const area = /** @type {HTMLTextAreaElement} */ (root.querySelector('textarea'));
      area.select();
      copied = await navigator.clipboard.writeText(area.value).then(() => true, () => false);
      draw();
    },
    async afresh() {
      leaving = found !== null && !leaving;
      if (leaving) return draw();
      await startAfresh(error?.found ?? null, new Date());
      return location.reload();
    },
    stay() {
      leaving = false;
      draw();
    },
  };
  const draw = () => render(screen({ t, format, found, sending, refused, copied, leaving, actions, blocked: error === null }), root);
  if (error !== null || store.state.phase === 'broken') draw();
}

/** @typedef {(key: keyof Words, values?: Record<string, string | number>) => string} Translate */

/** @param {any} view */
function screen({ t, format, found, sending, refused, copied, leaving, actions, blocked }) {
  if (blocked) {
    return html`<main id="contenu" class="page" tabindex="-1"><h1>${t('memory_blocked_title')}</h1><p>${t('memory_blocked_text')}</p></main>`;
  }
  const told = { sent: t('memory_sent'), not_sent: t('memory_not_sent'), signed_out: t('memory_signed_out') }[/** @type {string} */ (sending)];
  const n = found?.outbox.filter(isDeed).length ?? 0;
  const lost = refused === 1 ? t('memory_refused_one') : refused ? t('memory_refused', { n: refused }) : '';
  return html`<main id="contenu" class="page" tabindex="-1">
    <h1>${t('memory_title')}</h1><p>${t('memory_text')}</p>
    ${found ? html`<section class="block"><h2>${t('memory_found_title')}</h2>
      ${found.lock ? html`<p>${n === 1 ? t('memory_hidden_one') : t('memory_hidden', { n })}</p>` : html`<p>${t('memory_found_text')}</p>
        <textarea rows="8" readonly aria-label=${t('memory_found_title')} .value=${asText(t, format, found)}></textarea>`}
      <div class="buttons">
        <button class="button button-primary" type="button" ?disabled=${sending === 'sending'} @click=${actions.send}>${t(sending === 'sending' ? 'memory_sending' : 'memory_send')}</button>
        ${found.lock ? nothing : html`<button class="button button-secondary" type="button" @click=${actions.copy}>${t(copied ? 'memory_copied' : 'memory_copy')}</button>`}
      </div></section>` : sending === 'idle' ? html`<p>${t('memory_nothing')}</p>` : nothing}
    <p role="status">${told} ${lost}</p>
    <div class="buttons">
      <button class="button button-secondary" type="button" @click=${() => location.reload()}>${t('memory_reload')}</button>
      <button class=${leaving ? 'button button-danger' : 'button button-secondary'} type="button" @click=${actions.afresh}>${t(leaving ? 'memory_lose' : 'memory_start_afresh')}</button>
      ${leaving ? html`<button class="button button-secondary" type="button" @click=${actions.stay}>${t('memory_cancel')}</button>` : nothing}
    </div></main>`;
}

/**
 * The outbox as a person reads it to a colleague.
 * @param {Translate} t
 * @param {import('../ui/format.js').Format} format
 * @param {Mirror} found
 */
function asText(t, format, { me, outbox }) {
  const lines = outbox.filter(isDeed).map(({ op, args, at }) => {
    const key = /** @type {keyof Words} */ (`memory_op_${op.replace('.', '_')}`);
    const said = Object.entries(args).filter(([name, value]) => !IDS.has(name) && value !== null);
    const values = said.map(([, value]) => (INSTANT.test(value) ? format.moment(value) : String(value)));
    return [`${format.moment(at)} – ${t(key, { op, id: args.request_id ?? '' })}`, ...values].join('\n');
  });
  return [me ? t('memory_found_by', { name: me.agent.name }) : '', ...lines].filter(Boolean).join('\n');
}
