// The list of a combobox: the input keeps the focus, the arrow keys move `aria-activedescendant`, Enter chooses.

/**
 * @typedef {object} Suggestion
 * @property {string} value
 * @property {string} label what the field holds once it is chosen
 * @property {string} title
 * @property {string} detail
 */

/**
 * @param {HTMLInputElement} field
 * @param {string} name of the list, for those who hear it
 * @param {(suggestion: Suggestion) => void} choose
 */
export function showSuggestions(field, name, choose) {
  /** @type {Suggestion[]} */
  let shown = [];
  let active = -1;
  const list = document.createElement('ul');
  list.id = `${field.id}-list`;
  list.className = 'suggestions';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', name);
  field.after(list);
  field.setAttribute('role', 'combobox');
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', list.id);
  field.setAttribute('aria-expanded', 'false');

  /** @param {Suggestion[]} suggestions */
  function show(suggestions) {
    shown = suggestions;
    list.replaceChildren(...suggestions.map(option));
    list.hidden = suggestions.length === 0;
    field.setAttribute('aria-expanded', String(!list.hidden));
    move(-1);
  }

  /** @param {number} to index, or -1 for none */
  function move(to) {
    active = to;
    Array.from(list.children).forEach((item, index) => {
      item.setAttribute('aria-selected', String(index === active));
      if (index === active) item.scrollIntoView({ block: 'nearest' });
    });
    if (active < 0) field.removeAttribute('aria-activedescendant');
    else field.setAttribute('aria-activedescendant', list.children[active].id);
  }

  /** @param {number} index */
  function take(index) {
    choose(shown[index]);
    show([]);
  }

  /** @param {Suggestion} suggestion @param {number} index */
  function option({ title, detail }, index) {
    const item = document.createElement('li');
    item.id = `${list.id}-${index}`;
    item.setAttribute('role', 'option');
    const more = document.createElement('small');
    more.textContent = detail;
    item.append(title, ' ', more);
    // The press must not take the focus from the field before the click arrives.
    item.addEventListener('pointerdown', (event) => event.preventDefault());
    item.addEventListener('click', () => take(index));
    return item;
  }

  field.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const last = shown.length - 1;
    if (event.key === 'ArrowDown') move(active >= last ? 0 : active + 1);
    else if (event.key === 'ArrowUp') move(active <= 0 ? last : active - 1);
    else if (event.key === 'Enter' && active >= 0) take(active);
    else if (event.key === 'Escape') show([]);
    else return;
    event.preventDefault();
  });
  // The list pushes the page down: were it closed when a finger lands on the button below, the button would move away
  // before the finger is lifted, and nothing would be pressed.
  let pressing = false;
  document.addEventListener('pointerdown', () => { pressing = true; }, true);
  for (const end of ['pointerup', 'pointercancel']) {
    document.addEventListener(end, () => {
      pressing = false;
      // The click itself comes right after this event.
      if (document.activeElement !== field) setTimeout(show, 0, []);
    }, true);
  }
  field.addEventListener('blur', () => {
    if (!pressing) show([]);
  });
  return { show };
}
