// The named mutations and what each shows before the server has confirmed it.
// Its twin is server/services/mutations.py; a table test proves that with later-mutations.js the two lists are the same.
//
// None of these decides: where the server would refuse, what is shown stays as it is, and the refusal comes back as a
// conflict.

import { cancelAbsence, declareAbsence } from './effects/absences.js';
import { appointmentEffects } from './effects/appointments.js';
import { setDuty } from './effects/duty.js';
import { startIntervention } from './effects/interventions.js';
import { requestEffects } from './effects/requests.js';

/**
 * @typedef {import('../types').Me['agent']} Agent
 * @typedef {(view: import('../types').View, entry: import('../types').OutboxEntry, agent: Agent) => void} Effect puts
 *   changed copies into the view's maps, never changes what is in them
 */

/** @type {Record<Exclude<import('../types').Op, import('../types').LaterOp>, Effect>} */
export const MUTATIONS = {
  ...requestEffects,
  'duty.set': setDuty,
  'absence.declare': declareAbsence,
  'absence.cancel': cancelAbsence,
  ...appointmentEffects,
  'intervention.start': startIntervention,
};
