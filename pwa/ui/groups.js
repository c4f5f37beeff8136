/** @typedef {import('../types').Item} Item */

/**
 * The inbox in the order of its urgency: who waits (nearest deadline first), mine, my colleagues', the past.
 * @param {Iterable<Item>} items
 * @param {number} agentId
 * @returns {{waiting: Item[], mine: Item[], unit: Item[], past: Item[]}}
 */
export function groups(items, agentId) {
  /** @type {ReturnType<typeof groups>} */
  const found = { waiting: [], mine: [], unit: [], past: [] };
  for (const item of items) {
    if (item.state === 'waiting') found.waiting.push(item);
    else if (item.state !== 'accepted') found.past.push(item);
    else if (item.accepted_by?.id === agentId) found.mine.push(item);
    else found.unit.push(item);
  }
  found.waiting.sort(ascending((item) => ('due_at' in item ? item.due_at : '')));
  found.mine.sort(ascending((item) => ('due_at' in item ? item.due_at : '')));
  found.unit.sort(ascending((item) => ('accepted_at' in item ? item.accepted_at : '')));
  found.past.sort(ascending(endOf)).reverse();
  return found;
}

/**
 * When an item left the open ones.
 * @param {Item} item
 */
export function endOf(item) {
  return item.state === 'transferred' ? item.transferred_at : item.ended_at;
}

/** @param {(item: Item) => string | null} key an ISO time */
function ascending(key) {
  /** @param {Item} item */
  const time = (item) => Date.parse(key(item) ?? '') || 0;
  return (/** @type {Item} */ a, /** @type {Item} */ b) => time(a) - time(b) || (a.id < b.id ? -1 : 1);
}
