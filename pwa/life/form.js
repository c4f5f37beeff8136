/**
 * Change what the screens about who this is are at.
 * @param {import('../store.js').Store<import('../store.js').State>} store
 * @param {Partial<import('./forms.js').LifeForms>} changes
 */
export function setForm(store, changes) {
  const { forms } = store.state;
  store.set({ forms: { ...forms, life: { ...forms.life, ...changes } } });
}
