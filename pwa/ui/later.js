// The screens that nobody needs for the first picture come after it; the service worker keeps them like the others.

/**
 * @typedef {Omit<typeof import('../later.js'), 'createServiceActions'> & {service: import('../screens/service/actions.js').ServiceActions}} Later
 */

/**
 * @param {Parameters<typeof import('../later.js').createServiceActions>[0]} parts
 * @returns {Promise<Later | 'failed'>}
 */
export async function loadLater(parts) {
  try {
    const { createServiceActions, ...rest } = await import('../later.js');
    return { ...rest, service: createServiceActions(parts) };
  } catch {
    return 'failed';
  }
}
