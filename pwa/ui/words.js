// Small sentences that several screens say.

/** @typedef {import('./context.js').Context} Context */

/**
 * @param {Context} context
 * @param {{reason: import('../types').Label}} item
 */
export function reasonOf({ state }, item) {
  return item.reason[state.language] || item.reason.fr;
}

/**
 * Where a request stands, as one line.
 * @param {Context} context
 * @param {import('../types').Item} item
 */
export function stateLine({ t, format, me, state }, item) {
  switch (item.state) {
    case 'waiting': {
      const late = Date.parse(item.due_at) <= state.now;
      return t(late ? 'late_since' : 'before', { when: format.moment(item.due_at) });
    }
    case 'accepted': {
      const when = item.accepted_at ? format.on(item.accepted_at) : '';
      if (item.accepted_by?.id === me?.agent.id) return t('accepted_by_me', { when });
      return t('accepted_by', { name: item.accepted_by?.name ?? '', when });
    }
    case 'transferred':
      return t('transferred_to', { name: item.to_unit.name ?? '' });
    case 'done':
      return t('done_by', { outcome: t(`outcome_${item.outcome ?? 'handled'}`), when: item.ended_at ? format.on(item.ended_at) : '' });
    default:
      return t('ended_at', { state: t(`state_${item.state}`), when: item.ended_at ? format.on(item.ended_at) : '' });
  }
}

/** @param {import('../types').Item} item */
export function stateIcon(item) {
  return { waiting: 'time', accepted: 'check', done: 'done', withdrawn: 'close', expired: 'close', transferred: 'transfer' }[item.state];
}
