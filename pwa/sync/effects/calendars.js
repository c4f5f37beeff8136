// What is decided about appointments that calendars contradict; the twins of keep_clash.py and answer_agenda.py in
// server/services/.

import { on, withAgents, without } from './appointments.js';
import { isChief, personOf } from './people.js';

const keep = on(({ clashes = [] }, { args }, agent) => isChief(agent)
  && { clashes: clashes.map((one) => (one.id === args.clash_id && !one.kept_by ? { ...one, kept_by: personOf(agent) } : one)) });

// Whoever leaves it gives it back to the others.
const answer = on((item, { args }, agent) => {
  const { agenda = [] } = item;
  const rest = agenda.filter(({ id, agent: { id: whose } }) => id !== args.finding_id || whose !== agent.id);
  return rest.length < agenda.length && { agenda: rest, ...(args.answer === 'leave' && withAgents(item, without(item, agent.id))) };
});

export const calendarEffects = { 'clash.keep': keep, 'agenda.answer': answer };
