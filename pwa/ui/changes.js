// What a person must be told when the list changes under their eyes by somebody else's hand.

/**
 * @typedef {import('../types').View} View
 * @typedef {import('../types').Notice} Notice
 * @typedef {import('../types').RequestItem} RequestItem
 */

/**
 * The requests that wait now and were unknown before.
 * @param {View} before
 * @param {View} after
 * @returns {RequestItem[]}
 */
export function arrivals(before, after) {
  /** @type {RequestItem[]} */
  const found = [];
  for (const item of after.requests.values()) {
    if (item.state === 'waiting' && !before.requests.has(item.id)) found.push(item);
  }
  return found;
}

/**
 * The requests that waited or were mine and are so no longer, unless this terminal did it itself.
 * @param {View} before
 * @param {View} after
 * @param {number} agentId
 * @returns {Notice[]}
 */
export function departures(before, after, agentId) {
  /** @type {Notice[]} */
  const notices = [];
  for (const old of before.requests.values()) {
    const mine = old.state === 'accepted' && old.accepted_by?.id === agentId;
    if (old.state !== 'waiting' && !mine) continue;
    const item = after.requests.get(old.id);
    if (old.pending.length || item?.pending.length) continue;
    const [what, to] = fate(item, agentId, mine);
    if (what) notices.push({ id: `${old.id}.${what}`, requestId: old.id, reference: old.reference, what, to });
  }
  return notices;
}

/**
 * @param {import('../types').Item | undefined} item
 * @param {number} agentId
 * @param {boolean} wasMine
 * @returns {[string | null, string | null]}
 */
function fate(item, agentId, wasMine) {
  if (!item) return ['gone', null];
  if (item.state === 'transferred') return ['transferred', item.to_unit.name];
  if (item.state === 'waiting') return [wasMine ? 'released' : null, null];
  if (item.state !== 'accepted') return [item.state, null];
  const isMine = item.accepted_by?.id === agentId;
  // A waiting request that a colleague takes moves down the list in plain sight.
  return wasMine && !isMine ? ['taken', item.accepted_by?.name ?? null] : [null, null];
}
