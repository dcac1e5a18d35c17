// The list of a combobox, by the ARIA practices: options, one of which is marked.

import { h } from './dom.ts';

export interface OptionList<O extends { readonly row: HTMLElement }> {
  /** Shows options, the first of them marked, and a note below. */
  show(options: readonly O[], note: string | null): void;
  hide(): void;
  /** Forgets the options, which stay on the screen until others come. */
  forget(): void;
  /** Shows again what was hidden; false when there is nothing. */
  reopen(): boolean;
  move(by: number): void;
  /** The marked option, or the first. */
  marked(): O | undefined;
  readonly hidden: boolean;
}

/** Leads the list of a text box; choose is called with the option that is clicked. */
export function optionList<O extends { readonly row: HTMLElement }>(input: HTMLInputElement, list: HTMLElement, choose: (o: O) => void): OptionList<O> {
  let options: readonly O[] = [];
  let current = -1;
  const mark = (i: number): void => {
    current = options.length === 0 ? -1 : (i + options.length) % options.length;
    options.forEach((o, k) => o.row.setAttribute('aria-selected', String(k === current)));
    const row = options[current]?.row;
    if (row) {
      input.setAttribute('aria-activedescendant', row.id);
      row.scrollIntoView({ block: 'nearest' });
    }
  };
  return {
    show(found, note) {
      options = found;
      list.replaceChildren(...found.map((o) => o.row));
      if (note) list.append(h('li', { class: 'note', role: 'presentation' }, note));
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      found.forEach((o, i) => {
        o.row.id = `${input.id}-option-${i}`;
        o.row.addEventListener('pointerdown', (e) => e.preventDefault()); // keeps the focus in the box
        o.row.addEventListener('click', () => choose(o));
      });
      mark(0);
    },
    hide() {
      list.hidden = true;
      current = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    },
    forget() {
      options = [];
      current = -1;
    },
    reopen() {
      if (options.length > 0) list.hidden = false;
      return options.length > 0;
    },
    move(by) { mark(current + by); },
    marked() { return options[Math.max(current, 0)]; },
    get hidden() { return list.hidden === true; },
  };
}
