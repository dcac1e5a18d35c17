// The button that begins editing. The editor itself is loaded when it is wanted.

import { draftName } from '../edit/place.ts';
import { byId, h } from './dom.ts';
import { icon } from './icons.ts';
import { textOf, type Context } from './context.ts';
import type { Mode } from './edit/mode.ts';

export interface Editing {
  update(): void;
  /** Something in the city has changed. */
  changed(): void;
}

export function editing(c: Context): Editing {
  let mode: Mode | null = null, loading = false;
  const open = async (): Promise<void> => {
    if (loading || mode) return;
    loading = true;
    try {
      const { openEditor } = await import('./edit/mode.ts');
      mode = openEditor(c, () => { mode = null; update(); button.focus(); });
    } catch {
      c.say(textOf(c).unreachable, 'error');
    }
    loading = false;
    update();
  };
  const button = h('button', { type: 'button', id: 'tool-edit', onclick: () => { if (mode) mode.close(); else void open(); } }, icon('edit'));
  byId('tool-measure').after(button);
  const update = (): void => {
    const { edit } = textOf(c);
    button.setAttribute('aria-label', edit);
    button.title = edit;
    button.setAttribute('aria-pressed', String(mode !== null));
  };
  if (keptDraft()) c.say(textOf(c).editKept, 'note', { label: textOf(c).editResume, run: () => void open() });
  return { update, changed: () => mode?.changed() };
}

function keptDraft(): boolean {
  try {
    return localStorage.getItem(draftName(location.pathname)) !== null;
  } catch {
    return false; // the browser allows no storage
  }
}
