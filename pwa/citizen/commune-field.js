// @entry
// The commune field with suggestions as one types: a combobox with a list (WAI-ARIA Authoring Practices 1.2). Choosing
// fills the same fields that the page without scripts fills with radio buttons; the server checks them all the same.

import { showSuggestions } from './suggestions.js';

const WAIT_MS = 120;
const SHORTEST = 2;

/**
 * @typedef {object} Commune
 * @property {string} insee
 * @property {string} name
 * @property {string} departement
 * @property {string} departement_name
 * @property {string[]} postcodes
 */

const group = /** @type {HTMLElement | null} */ (document.querySelector('#commune-field'));
const input = /** @type {HTMLInputElement | null} */ (document.querySelector('#commune'));
if (group && input?.form) enhance(group, input, input.form);

/**
 * @param {HTMLElement} box the field's group, which carries the words and the address to ask
 * @param {HTMLInputElement} field
 * @param {HTMLFormElement} form
 */
function enhance(box, field, form) {
  const list = showSuggestions(field, box.dataset.list ?? '', choose);
  const count = document.createElement('p');
  count.className = 'fr-sr-only';
  count.setAttribute('aria-live', 'polite');
  box.append(count);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let planned;
  /** @type {AbortController | undefined} */
  let asking;

  field.addEventListener('input', () => {
    clearTimeout(planned);
    planned = setTimeout(ask, WAIT_MS);
  });

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const typed = field.value.trim();
    if (typed.length < SHORTEST) return list.show([]);
    const address = `${box.dataset.communes}?${new URLSearchParams({ q: typed })}`;
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: 'application/json' } });
      // Without suggestions the field still works: the server asks on the next page.
      if (!answer.ok) return list.show([]);
      /** @type {Commune[]} */
      const communes = await answer.json();
      list.show(communes.map(describe));
      count.textContent = say(communes.length);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) list.show([]);
    }
  }

  /** @param {number} found */
  function say(found) {
    if (found === 0) return box.dataset.none ?? '';
    return found === 1 ? (box.dataset.one ?? '') : (box.dataset.several ?? '').replace('{n}', String(found));
  }

  /** @param {import('./suggestions.js').Suggestion} suggestion */
  function choose({ value, label }) {
    // The radio buttons of an earlier answer must not send a second one.
    document.querySelector('#communes-possibles')?.remove();
    field.value = label;
    hidden('commune_insee').value = value;
    hidden('commune_asked').value = label;
    count.textContent = '';
  }

  /** @param {string} name */
  function hidden(name) {
    const present = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[type=hidden][name=${name}]`));
    if (present) return present;
    const made = document.createElement('input');
    made.type = 'hidden';
    made.name = name;
    form.append(made);
    return made;
  }
}

/**
 * @param {Commune} commune
 * @returns {import('./suggestions.js').Suggestion}
 */
function describe({ insee, name, departement, departement_name, postcodes }) {
  const detail = [`${departement_name} (${departement})`, postcodes.slice(0, 3).join(', ')].filter(Boolean).join(' · ');
  return { value: insee, label: `${name} (${departement})`, title: name, detail };
}
