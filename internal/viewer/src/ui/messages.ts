// Short messages at the bottom, which go by themselves, errors more slowly.

import { h } from './dom.ts';

export interface Way { readonly label: string; readonly run: () => void }
export type Say = (message: string, kind?: 'note' | 'error', way?: Way) => void;

export function messages(box: HTMLElement): Say {
  return (message, kind = 'note', way) => {
    const button = way ? h('button', { type: 'button', class: 'small', onclick: way.run }, way.label) : null;
    const line = h('p', { class: `message ${kind}` }, message, button);
    box.append(line);
    while (box.childElementCount > 3) box.firstElementChild?.remove();
    if (!way) setTimeout(() => line.remove(), kind === 'error' ? 9_000 : 4_000);
  };
}
