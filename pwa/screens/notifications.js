import { html, nothing } from 'lit-html';
import { wayBack } from '../life/browser-kind.js';
import { address } from '../router.js';
import { fieldError } from '../ui/field-error.js';
import { icon } from '../ui/icon.js';
import { pushTest } from './push-test.js';

/**
 * @typedef {import('../life/main.js').LifeContext} LifeContext
 * @typedef {import('../life/forms.js').PushForm} PushForm
 */

/**
 * The notifications of this terminal: explained first, asked for by a tap only, tried out.
 * @param {LifeContext} context
 */
export function notifications(context) {
  const { t, w } = context;
  return html`<main id="contenu" class="page" tabindex="-1">
    <a class="back" href=${address('settings')}>${icon('back')}<span>${t('settings')}</span></a>
    <h1 id="page-title" tabindex="-1">${w('notifications')}</h1>
    <p>${w('push_text')}</p>
    <ul class="push-rules"><li>${w('push_rule_words')}</li><li>${w('push_rule_duty')}</li><li>${w('push_rule_taken')}</li></ul>
    ${impossible(context) ?? possible(context)}
  </main>`;
}

/**
 * Why this device is not told, where nothing that its holder does here changes that.
 * @param {LifeContext} context
 */
function impossible({ state, me, w, acts }) {
  const support = acts.push.support();
  if (!me?.enrolled) {
    return html`<div class="callout"><h2>${icon('info')}<span>${w('push_not_enrolled_title')}</span></h2><p>${w('push_not_enrolled')}</p>
      <div class="buttons"><a class="button button-secondary" href=${address('enrol')}>${w('enrol')}</a></div></div>`;
  }
  if (support !== 'ready') return html`<div class="callout"><h2>${icon('info')}<span>${w('push_impossible')}</span></h2><p>${w(support === 'install' ? 'push_install' : 'push_unsupported')}</p></div>`;
  const { status, code } = state.forms.life.push ?? { status: 'loading', code: '' };
  if (status === 'loading') return html`<p class="quiet-start">${w('push_looking')}</p>`;
  if (status === 'ready') return null;
  return html`<div class="callout callout-warning" role="alert"><p>${icon('warning')}<span>${w(status === 'offline' ? 'push_offline' : 'push_error', { code })}</span></p>
    <div class="buttons"><button class="button button-secondary" type="button" @click=${acts.loadPush}>${w('push_again')}</button></div></div>`;
}

/** @param {LifeContext} context */
function possible(context) {
  const { state, w, acts } = context;
  const form = /** @type {PushForm} */ (state.forms.life.push);
  const permission = acts.push.permission();
  const isOn = form.on && permission === 'granted';
  return html`
    <div role="status">${form.done ? html`<p class="done" id="push-done" tabindex="-1">${icon('done')}<span>${w(form.done)}</span></p>` : nothing}</div>
    <section class="block push" aria-labelledby="push-here">
      <h2 id="push-here">${w('push_here')}</h2>
      <p class="push-state" data-on=${String(isOn)}>${icon(isOn ? 'bell' : 'close')}<span>${w(isOn ? 'push_on' : 'push_off_now')}</span></p>
      ${permission === 'denied' ? refused(context) : html`
      <button class="button ${isOn ? 'button-secondary' : 'button-primary'} button-wide" type="button" aria-disabled=${String(form.busy)}
        @click=${isOn ? acts.turnOff : acts.turnOn}>${w(form.busy ? 'push_busy' : isOn ? 'push_turn_off' : 'push_turn_on')}</button>
      ${isOn ? nothing : html`<p class="quiet">${w('push_asks')}</p>`}`}
      <div role="alert">${form.error && form.error !== 'quiet_missing' ? fieldError(w(form.error, { code: form.code }), 'push-problem') : nothing}</div>
    </section>
    ${isOn ? quietHours(context, form) : nothing}
    ${pushTest(context, form.test)}`;
}

/**
 * Only the browser's own settings take a refusal back.
 * @param {LifeContext} context
 */
function refused({ w }) {
  return html`<div class="callout callout-warning" id="push-refused" tabindex="-1"><p>${icon('warning')}<span>${w('push_refused')}</span></p><p>${w(wayBack())}</p></div>`;
}

/**
 * @param {LifeContext} context
 * @param {PushForm} form
 */
function quietHours({ w, acts }, { quiet, error, busy }) {
  const missing = error === 'quiet_missing';
  const describedBy = missing ? 'quiet-error quiet-hint' : 'quiet-hint';
  const time = (/** @type {'from' | 'until'} */ name) => html`<div class="field" ?data-error=${missing}>
    <label for="quiet-${name}">${w(`quiet_${name}`)}</label>
    <input id="quiet-${name}" name=${name} type="time" .value=${quiet?.[name] ?? ''} aria-invalid=${missing ? 'true' : nothing} aria-describedby=${describedBy}></div>`;
  return html`<section class="block push" aria-labelledby="quiet-title">
    <h2 id="quiet-title">${w('quiet_title')}</h2>
    <p id="quiet-hint" class="quiet">${w('quiet_hint')}</p>
    <form class="form" novalidate autocomplete="off" @submit=${acts.keepQuiet}>
      <div role="alert">${missing ? fieldError(w('quiet_missing'), 'quiet-error') : nothing}</div>
      <div class="push-times">${time('from')}${time('until')}</div>
      <button class="button button-secondary button-wide" type="submit" aria-disabled=${String(busy)}>${w('quiet_keep')}</button>
      ${quiet ? html`<button class="button button-plain button-wide" type="button" aria-disabled=${String(busy)} @click=${acts.noQuiet}>${w('quiet_off')}</button>` : nothing}
    </form></section>`;
}
