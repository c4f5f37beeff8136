import { html, nothing } from 'lit-html';
import { address } from '../router.js';
import { endOf } from '../ui/groups.js';
import { icon } from '../ui/icon.js';
import { elapsedShare, ring } from '../ui/ring.js';
import { reasonOf } from '../ui/words.js';

/**
 * @typedef {import('../ui/context.js').Context} Context
 * @typedef {import('../types').Item} Item
 */

/**
 * One request in the list: reason, commune, age, deadline, channel, discreet mark. Nothing else.
 * @param {Context} context
 * @param {Item} item
 */
export function card(context, item) {
  const { state, t } = context;
  const open = item.state === 'waiting' || item.state === 'accepted';
  const late = item.state === 'waiting' && Date.parse(item.due_at) <= state.now;
  return html`<a class="card" href=${address('request', item.id)} data-id=${item.id} data-state=${item.state}
      aria-current=${state.route.id === item.id ? 'true' : nothing}>
    ${open ? html`<span class="card-ring">${ring(item.state === 'waiting' ? elapsedShare(item.created_at, item.due_at, state.now) : 0)}
      ${icon(item.state === 'accepted' ? 'check' : late ? 'alarm' : 'time')}</span>` : nothing}
    <span class="card-text">
      <span class="card-reason">${reasonOf(context, item)}</span>
      <span class="card-line">${secondLine(context, item)}</span>
      ${late || item.discreet || item.pending.length ? html`<span class="card-marks">
        ${late ? html`<span class="mark mark-late">${icon('alarm')}${t('late')}</span>` : nothing}
        ${item.discreet ? html`<span class="mark">${icon('discreet')}${t('discreet')}</span>` : nothing}
        ${item.pending.length ? html`<span class="mark mark-pending">${icon('upload')}${t('pending')}</span>` : nothing}
      </span>` : nothing}
    </span>
    ${open ? html`<span class="card-channel">${icon(item.channel)}<span class="visually-hidden">${t(`channel_${item.channel}`)}</span></span>` : nothing}
  </a>`;
}

/**
 * @param {Context} context
 * @param {Item} item
 */
function secondLine({ t, format, me }, item) {
  if (item.state === 'waiting') return html`${item.commune.name} · ${format.age(item.created_at)}`;
  if (item.state === 'accepted') {
    const owner = item.accepted_by?.id === me?.agent.id ? nothing : html` · ${item.accepted_by?.name}`;
    return html`${item.commune.name} · ${format.age(item.created_at)}${owner}`;
  }
  const end = endOf(item);
  const what = item.state === 'transferred' ? t('transferred_to', { name: item.to_unit.name ?? '' }) : t(`state_${item.state}`);
  return html`${what}${end ? html` · ${format.age(end)}` : nothing}`;
}
