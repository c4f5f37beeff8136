// What a person does about their time, and a chief about the brigade's.

import { address } from '../../router.js';
import { releasedBy } from '../../sync/effects/appointments.js';
import { newId } from '../../sync/outbox.js';
import { currentHere } from '../../sync/duty.js';
import { viewOf } from '../../store.js';
import { field, focusOn } from '../../ui/dom.js';
import { translator } from '../../ui/translate.js';
import { createOpeningActions } from '../openings/actions.js';
import { readAbsence } from './read-forms.js';

/** @typedef {import('../../ui/translate.js').Key} Key */

/**
 * What the forms are at; what is typed stays in their fields.
 * @typedef {object} ServiceForms
 * @property {{status: import('../../types').Status, until: string | null, chip: string}} [said] the last choice of a service position
 * @property {Record<string, {key: Key, values?: Record<string, string>}>} [errors] by field
 * @property {boolean} [hours] an absence of hours instead of whole days
 * @property {'mine' | 'unit'} [whose] which appointments the agenda shows
 * @property {{id: string, starts_at: string, ends_at: string}[]} [released] what the absence on screen would release, once shown
 * @property {'me' | 'unit'} [by] who receives
 * @property {import('../../types').PlaceKind} [place]
 * @property {boolean} [some] only some reasons
 * @property {import('../openings/draft.js').Repeat} [repeat] once, or again and again
 * @property {import('../../types').HolidayRule} [holidays]
 * @property {import('../../types').OpeningDoc} [draft] what the fields mean, as long as they can be read
 * @property {string[]} [chosen] the proposals to approve at once
 * @property {{day: string, how: 'move' | 'drop', span?: {starts_at: string, ends_at: string}, asked?: string[]}} [changing] the date that gets other times; `asked`: whose appointments were shown
 * @property {Record<string, import('../../types').Handling>} [handled] what becomes of appointments whose time goes
 * @property {{opening: string, op: 'opening.refuse' | 'opening.withdraw'}} [deciding] the row that asks for a word
 * @property {{starts_at: string, ends_at: string, word: string | null, agent_id: number}} [undo] the absence just cancelled
 *
 * @typedef {ReturnType<typeof createServiceActions>} ServiceActions
 */

/**
 * @param {object} parts
 * @param {import('../../store.js').Store<import('../../store.js').State>} parts.store
 * @param {import('../../sync/engine.js').Engine} parts.engine
 */
export function createServiceActions({ store, engine }) {
  /** @param {Partial<ServiceForms>} changes */
  const form = (changes) => store.set({ forms: { ...store.state.forms, service: { ...store.state.forms.service, ...changes } } });
  const own = () => store.state.held.me?.agent.id ?? 0;
  /** @param {number} agentId */
  const about = (agentId) => (agentId === own() ? {} : { agent_id: agentId });
  /** @param {Key} key @param {Record<string, string>} [values] */
  const announce = (key, values) => store.set({ announcement: translator(store.state.language)(key, values) });
  /** @param {NonNullable<ServiceForms['errors']>} errors */
  const failed = (errors) => {
    form({ errors });
    focusOn(`[name=${Object.keys(errors)[0]}]`);
  };

  return {
    form,
    ...createOpeningActions({ store, engine, form, announce, failed }),

    /**
     * @param {number} agentId
     * @param {import('../../types').Status} status
     * @param {string | null} until
     * @param {string} chip which one said so
     */
    async setDuty(agentId, status, until, chip) {
      form({ said: { status, until, chip } });
      await engine.act({ op: 'duty.set', args: { status, until, ...about(agentId) } });
      announce('duty_said');
    },

    /**
     * A new end for the position that holds.
     * @param {number} agentId
     * @param {string | null} until
     * @param {string} chip
     */
    async setUntil(agentId, until, chip) {
      const held = currentHere(viewOf(store.state.held).duty.get(agentId)?.stretches ?? [], Date.now());
      if (held) await this.setDuty(agentId, held.status, until, chip);
    },

    /**
     * @param {SubmitEvent} event
     * @param {number} agentId
     */
    async declare(event, agentId) {
      event.preventDefault();
      const view = viewOf(store.state.held);
      const { errors, args } = readAbsence(fieldsOf(event), view, agentId, { hours: Boolean(store.state.forms.service.hours), now: Date.now(), language: store.state.language });
      if (!args) return failed(errors);
      const released = releasedBy(view, agentId, /** @type {{starts_at: string, ends_at: string}} */ (args), new Date().toISOString());
      if (ids(released) !== ids(store.state.forms.service.released ?? [])) {
        // Nobody gives appointments away without having seen which.
        form({ released, errors: undefined });
        if (released.length) return focusOn('#released');
      }
      await engine.act({ op: 'absence.declare', args: { absence_id: newId(), ...args, ...about(agentId) } });
      announce('absence_said');
      return location.replace(address('duty', agentId === own() ? null : String(agentId)));
    },

    /** @param {import('../../types').AbsenceItem} item */
    async cancelAbsence(item) {
      await engine.act({ op: 'absence.cancel', args: { absence_id: item.id } });
      const { starts_at, ends_at, word } = item;
      form({ undo: { starts_at, ends_at, word, agent_id: item.agent.id } });
      announce('absence_cancelled');
      focusOn('#undo button');
    },

    /** What was cancelled is declared again; to the server it is another absence with the same words. */
    async declareAgain() {
      const { undo } = store.state.forms.service;
      if (!undo) return;
      const { agent_id, word, ...bounds } = undo;
      form({ undo: undefined });
      await engine.act({ op: 'absence.declare', args: { absence_id: newId(), ...bounds, word: word ?? '', ...about(agent_id) } });
      announce('absence_said');
      focusOn('#absences-title');
    },

    /**
     * @param {string} id
     * @param {string} title where the focus goes, since the button goes
     */
    async approve(id, title) {
      await engine.act({ op: 'opening.approve', args: { opening_id: id } });
      announce('opening_decided_approved');
      focusOn(title);
    },

    /**
     * Ask for the word of a decision, in the row itself.
     * @param {ServiceForms['deciding']} deciding
     */
    ask(deciding) {
      form({ deciding, errors: undefined });
      focusOn('#decision-word');
    },

    /**
     * @param {string} id
     * @param {string} title where the focus goes back to
     */
    forgo(id, title) {
      form({ deciding: undefined, errors: undefined });
      focusOn(`[data-opening="${CSS.escape(id)}"] button, ${title}`);
    },

    /**
     * @param {SubmitEvent} event
     * @param {NonNullable<ServiceForms['deciding']>} deciding
     * @param {string} title
     */
    async decide(event, { opening, op }, title) {
      event.preventDefault();
      const word = field(event, 'word');
      if (!word && op === 'opening.refuse') return failed({ word: { key: 'field_word_missing' } });
      form({ deciding: undefined, errors: undefined });
      await engine.act({ op, args: { opening_id: opening, word } });
      announce(op === 'opening.refuse' ? 'opening_decided_refused' : 'opening_decided_withdrawn');
      return focusOn(title);
    },
  };
}

/** @param {SubmitEvent} event */
function fieldsOf(event) {
  return new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
}

/** @param {readonly {id: string}[]} items */
function ids(items) {
  return items.map(({ id }) => id).join();
}
