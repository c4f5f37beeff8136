import { html } from 'lit-html';
import { first } from '../inbox.js';
import { absent } from '../later.js';
import { openingScreen } from '../openings/screen.js';
import { absenceForm } from './absence-form.js';
import { agendaScreen, AGENDA_SCREENS } from '../agenda/screen.js';
import { brigade } from './brigade.js';
import { desk } from './desk.js';
import { duty } from './duty.js';
import { frameOf } from './frame.js';

/**
 * The screens about people's time.
 * @param {import('../../ui/context.js').Context} context
 * @param {import('./frame.js').Frame['does']} does
 * @param {import('../../ui/lazy.js').Lazy<import('../../week.js').Week>} week a part of its own
 * @param {import('../../ui/lazy.js').Lazy<import('../../late.js').Late>} late another one
 */
export function serviceScreen(context, does, week, late) {
  const { route } = context.state;
  // Of all units' people supervisors have no documents, only this.
  if (context.me?.unit_id === null || (route.screen === 'desk' && route.id)) return late.get()?.screen(context) ?? absent(context, late, 'page-title');
  const frame = frameOf(context, does);
  // Before the first pull nothing is known of anybody, not even that there is nothing.
  if (context.state.held.cursor === '') {
    return html`<h1 id="page-title" tabindex="-1">${context.t(titleOf(context.state.route.screen))}</h1>${first(context)}`;
  }
  if (AGENDA_SCREENS.has(context.state.route.screen)) return agendaScreen(frame);
  switch (context.state.route.screen) {
    case 'absence': return absenceForm(frame);
    case 'opening': return openingScreen(frame);
    case 'brigade': return brigade(frame);
    case 'desk':
      // The week is one tap from here.
      week.get();
      return desk(frame, late.get()?.link(context));
    case 'week':
    case 'why': return week.get()?.(frame) ?? absent(context, week, 'page-title');
    default: return duty(frame);
  }
}

/** @param {import('../../types').Route['screen']} screen */
function titleOf(screen) {
  if (AGENDA_SCREENS.has(screen)) return 'tab_agenda';
  return screen === 'desk' ? 'tab_desk' : 'tab_duty';
}
