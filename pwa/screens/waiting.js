import { overAt } from '../sync/effects/openings.js';
import { openClashes, questionTo, waitsForChief } from './agenda/asked.js';
import { stoppedAgendas, troubled } from './service/plannings.js';

/**
 * How much waits behind the tabs, beside the requests: for the chief at the desk, and for oneself in the agenda. An
 * appointment counts once, whatever there is to be decided about it.
 * @param {import('../ui/context.js').Context} context
 * @returns {{desk: number, agenda: number}}
 */
export function waiting({ state: { now }, view, me }) {
  const appointments = [...view.appointments.values()];
  const proposed = [...view.openings.values()].filter((opening) => opening.state === 'proposed' && overAt(opening) > now);
  const asked = appointments.filter((item) => waitsForChief(item, now) || openClashes(item, now).length > 0);
  const stopped = stoppedAgendas(view);
  return {
    desk: proposed.length + asked.length + troubled(view).length + stopped.length,
    agenda: appointments.filter((item) => me && questionTo(item, me.agent.id, now)).length + stopped.filter(({ agent }) => agent.id === me?.agent.id).length,
  };
}
