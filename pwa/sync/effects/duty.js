import { hereAndNow, setOwn } from '../duty.js';
import { endIntervention } from './interventions.js';
import { maySpeakFor, personOf } from './people.js';

/**
 * A service position shows at once, for oneself and, by the chief, for somebody of the unit.
 * @type {import('../mutations.js').Effect}
 */
export function setDuty(view, { op, args, at }, agent) {
  const about = args.agent_id ?? agent.id;
  const before = view.duty.get(about) ?? { agent_id: about, stretches: [], pending: [] };
  const after = { ...before, pending: [...before.pending, op] };
  if (args.status && maySpeakFor(view, agent, about)) {
    // As the server does: today's last word never begins before the one that it replaces.
    const since = new Date(hereAndNow(before.stretches, Date.parse(at))).toISOString();
    const said = { status: args.status, since, until: args.until ?? null, source: /** @type {const} */ ('own'), set_by: personOf(agent) };
    after.stretches = setOwn(before.stretches, said);
    if (args.status !== 'on_intervention') endIntervention(view, about, at);
  }
  view.duty.set(about, after);
}
