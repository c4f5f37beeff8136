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
  found.waiting = inOrder(found.waiting, (item) => ('due_at' in item ? item.due_at : ''));
  found.mine = inOrder(found.mine, (item) => ('due_at' in item ? item.due_at : ''));
  found.unit = inOrder(found.unit, (item) => ('accepted_at' in item ? item.accepted_at : ''));
  found.past = inOrder(found.past, endOf).reverse();
  return found;
}

/**
 * When an item left the open ones.
 * @param {Item} item
 */
export function endOf(item) {
  return item.state === 'transferred' ? item.transferred_at : item.ended_at;
}

/**
 * @param {Item[]} items
 * @param {(item: Item) => string | null} key an ISO time; each is read once, not at each comparison
 */
function inOrder(items, key) {
  return items
    .map((item) => ({ item, time: Date.parse(key(item) ?? '') || 0 }))
    .sort((a, b) => a.time - b.time || (a.item.id < b.item.id ? -1 : 1))
    .map(({ item }) => item);
}
