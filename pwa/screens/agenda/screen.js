import { agenda } from './agenda.js';
import { appointment } from './appointment.js';
import { assignForm, swapForm } from './people-forms.js';
import { cancelForm, proposeForm } from './chief-forms.js';
import { gone } from './parts.js';

/** @type {ReadonlySet<import('../../types').Route['screen']>} */
export const AGENDA_SCREENS = new Set(/** @type {const} */ (['agenda', 'appointment', 'assign', 'swap', 'propose', 'cancel']));

/**
 * Whom the unit receives: the days to come, one appointment, and what is done with it.
 * @param {import('../service/frame.js').Frame} frame
 */
export function agendaScreen(frame) {
  const { state: { route }, view } = frame;
  if (route.screen === 'agenda') return agenda(frame);
  const item = view.appointments.get(route.id ?? '');
  if (!item) return gone(frame);
  switch (route.screen) {
    case 'assign': return assignForm(frame, item);
    case 'swap': return swapForm(frame, item);
    case 'propose': return proposeForm(frame, item);
    case 'cancel': return cancelForm(frame, item);
    default: return appointment(frame, item);
  }
}
