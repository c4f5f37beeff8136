import { html, nothing } from 'lit-html';
import { icon } from '../ui/icon.js';
import { readablePhone } from '../ui/phone.js';

/**
 * @typedef {import('../ui/context.js').Context} Context
 * @typedef {import('../types').RequestItem} RequestItem
 * @typedef {import('../types').Channel} Channel
 */

/**
 * Who to reach, how, when, and whether a message may be left.
 * @param {Context} context
 * @param {RequestItem} item
 */
export function contact(context, item) {
  const { t } = context;
  // Who asked discreetly chose one way to be reached; the others may be somebody else's ears.
  /** @type {Channel[]} */
  const others = item.discreet ? [] : /** @type {const} */ (['phone', 'sms', 'email']).filter((channel) => channel !== item.channel);
  return html`<section class="block contact" aria-labelledby="contact-title">
    <h2 id="contact-title" class="visually-hidden">${t('how')}</h2>
    <p class="contact-name">${item.caller_name || t('anonymous')}</p>
    ${way(context, item, item.channel, true)}
    <dl class="facts-list">
      <div><dt>${icon('clock')}${t('when_to_call')}</dt><dd>${t(`window_${item.call_window}`)}</dd></div>
      ${item.safe_time ? html`<div class="strong"><dt>${icon('shield')}${t('safe_time')}</dt><dd>${item.safe_time}</dd></div>` : nothing}
    </dl>
    ${item.channel === 'email' ? nothing : html`
      <p class="message-rule" data-allowed=${String(item.may_leave_message)}>${icon(item.may_leave_message ? 'voice' : 'no-voice')}<span>${t(item.may_leave_message ? 'message_yes' : 'message_no')}</span></p>`}
    ${others.length ? html`<div class="buttons">${others.map((channel) => way(context, item, channel, false))}</div>` : nothing}
  </section>`;
}

/**
 * @param {Context} context
 * @param {RequestItem} item
 * @param {Channel} channel
 * @param {boolean} chosen by the citizen
 */
function way({ t, me }, item, channel, chosen) {
  const to = channel === 'email' ? item.email : item.phone;
  if (!to) return nothing;
  const scheme = { phone: 'tel', sms: 'sms', email: 'mailto' }[channel];
  const verb = t(chosen ? /** @type {const} */ ({ phone: 'call', sms: 'text', email: 'mail' })[channel] : `also_${channel}`);
  const mine = item.state === 'accepted' && item.accepted_by?.id === me?.agent.id;
  const look = !chosen ? 'button-secondary' : mine ? 'button-primary' : 'button-secondary button-main';
  return html`<a class="button ${look} ${chosen ? 'button-wide' : ''}" href="${scheme}:${to}">
    ${icon(channel)}<span>${verb}${chosen ? html` <b class="number">${channel === 'email' ? to : readablePhone(to)}</b>` : nothing}</span></a>`;
}
