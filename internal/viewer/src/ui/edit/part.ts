// The pieces that screens of the editor are built from.

import { h } from '../dom.ts';
import { icon, type IconName } from '../icons.ts';

/** A screen: built once, brought up to date in place, so that focus stays. */
export interface Part {
  readonly element: HTMLElement;
  update(): void;
}

export function action(text: string, run: () => void, look: { readonly icon?: IconName; readonly class?: string; readonly id?: string } = {}): HTMLButtonElement {
  return h('button', { type: 'button', class: look.class ?? 'small', id: look.id ?? null, onclick: run }, look.icon ? icon(look.icon) : null, text);
}

/** A button that shows only an icon. */
export function symbol(text: string, name: IconName, run: () => void, more: { readonly class?: string; readonly id?: string } = {}): HTMLButtonElement {
  return h('button', { type: 'button', class: more.class ?? 'ghost small-icon', id: more.id ?? null, 'aria-label': text, title: text, onclick: run }, icon(name));
}

export function head(title: string, eyebrow: (Node | string | null)[], ...buttons: (Node | null)[]): HTMLElement {
  return h('header', { class: 'panel-head' },
    h('div', {}, h('p', { class: 'eyebrow' }, ...eyebrow), h('h2', { tabindex: -1 }, title)),
    h('div', { class: 'head-buttons' }, ...buttons));
}

/** Says something where it stands and to screen readers; nothing when it is empty. */
export function say(line: HTMLElement, text: string): void {
  if (line.textContent !== text) line.textContent = text;
  line.hidden = text === '';
}

export const status = (className: string): HTMLElement => h('p', { class: className, role: 'status', hidden: true });
export const alert = (): HTMLElement => h('p', { class: 'trouble', role: 'alert', hidden: true });
