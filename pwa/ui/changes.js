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
    if (what) notices.push({ id: `${old.id}.${what}`, what, values: { reference: old.reference, name: to ?? '' }, requestId: old.id });
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

/**
 * What somebody else decided about me: my proposals, and my absences.
 * @param {View} before
 * @param {View} after
 * @param {number} agentId
 * @param {number} now milliseconds; what is over by then goes without a word
 * @returns {Notice[]}
 */
export function decisions(before, after, agentId, now) {
  /** @type {Notice[]} */
  const notices = [];
  /**
   * @param {string} what
   * @param {{id: string, starts_at: string, ends_at: string}} item
   * @param {string | null | undefined} name
   * @param {string | null} [word]
   */
  const say = (what, { id, starts_at, ends_at }, name, word) =>
    notices.push({ id: `${id}.${what}`, what, values: { name: name ?? '', word: word ?? '' }, period: { starts_at, ends_at } });
  for (const item of after.openings.values()) {
    const old = before.openings.get(item.id);
    const mine = item.proposed_by.id === agentId || item.agent?.id === agentId;
    if (!mine || !old || old.state === item.state || item.pending.length) continue;
    // Where I had decided too, the conflict says more; that I had just proposed it does not matter.
    if (old.pending.some((op) => op !== 'opening.propose')) continue;
    if (item.decided_by && item.decided_by.id !== agentId) say(`opening_${item.state}`, item, item.decided_by.name, item.word);
  }
  for (const item of after.appointments.values()) {
    const old = before.appointments.get(item.id);
    if (old?.pending.length || item.pending.length) continue;
    const [was, is] = [old, item].map((one) => one?.agents.some(({ id }) => id === agentId));
    if (was && (item.state === 'cancelled' || item.state === 'moved') && old?.state !== item.state) say(`appointment_${item.state}`, item, null, item.word);
    else if (was && !is) say('appointment_taken_away', item, null);
    else if (old && is && !was) say('appointment_given', item, null);
  }
  for (const item of after.absences.values()) {
    const declarer = item.declared_by;
    if (item.agent.id === agentId && !before.absences.has(item.id) && declarer && declarer.id !== agentId) say('absence_declared', item, declarer.name);
  }
  for (const old of before.absences.values()) {
    // What this terminal cancelled was marked so until now; what is over is forgotten at midnight; a planning changes
    // without anybody having decided about me.
    const gone = !after.absences.has(old.id) && !old.cancelled && old.source === 'own' && Date.parse(old.ends_at) > now;
    if (old.agent.id === agentId && gone) say('absence_gone', old, null);
  }
  return notices;
}
