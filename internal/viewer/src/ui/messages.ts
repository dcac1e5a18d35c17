// Short messages at the bottom, which go by themselves, errors more slowly.

import { h } from './dom.ts';

interface Way { readonly label: string; readonly run: () => void }
export type Say = (message: string, kind?: 'note' | 'error', way?: Way) => void;

export function messages(box: HTMLElement): Say {
  return (message, kind = 'note', way) => {
    const line = h('p', { class: `message ${kind}` }, message);
    if (way) line.append(h('button', { type: 'button', class: 'small', onclick: () => { line.remove(); way.run(); } }, way.label));
    box.append(line);
    while (box.childElementCount > 3) box.firstElementChild?.remove();
    if (!way) setTimeout(() => line.remove(), kind === 'error' ? 15_000 : 6_000);
  };
}
