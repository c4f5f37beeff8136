// For whom an agent may speak; the twin of models/rules/colleagues.py.

/** @typedef {import('../mutations.js').Agent} Agent */

/** @param {Agent} agent */
export function isChief(agent) {
  return agent.roles.includes('chief');
}

/**
 * @param {import('../../types').View} view
 * @param {Agent} agent
 * @param {number} about whose id
 */
export function maySpeakFor(view, agent, about) {
  return about === agent.id || (isChief(agent) && view.agents.has(about));
}

/**
 * @param {{id: number, name: string}} agent
 * @returns {import('../../types').Person}
 */
export function personOf({ id, name }) {
  return { id, name };
}
