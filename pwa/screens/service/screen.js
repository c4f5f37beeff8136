import { html } from 'lit-html';
import { first } from '../inbox.js';
import { absenceForm } from './absence-form.js';
import { brigade } from './brigade.js';
import { desk } from './desk.js';
import { duty } from './duty.js';
import { frameOf } from './frame.js';
import { openingForm } from './opening-form.js';

/**
 * The screens about people's time.
 * @param {import('../../ui/context.js').Context} context
 * @param {import('./actions.js').ServiceActions} does
 */
export function serviceScreen(context, does) {
  const frame = frameOf(context, does);
  // Before the first pull nothing is known of anybody, not even that there is nothing.
  if (context.state.held.cursor === '') {
    return html`<h1 id="page-title" tabindex="-1">${context.t(context.state.route.screen === 'desk' ? 'tab_desk' : 'tab_duty')}</h1>${first(context)}`;
  }
  switch (context.state.route.screen) {
    case 'absence': return absenceForm(frame);
    case 'opening': return openingForm(frame);
    case 'brigade': return brigade(frame);
    case 'desk': return desk(frame);
    default: return duty(frame);
  }
}
