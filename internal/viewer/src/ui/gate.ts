// Asks for a key before the map is there: for servers that nobody may read without.

import type { Lang } from '../core/state.ts';
import { Problem } from '../api/client.ts';
import { whoami } from '../api/write.ts';
import { editTexts } from '../edit/text.ts';
import { byId, h } from './dom.ts';
import { texts } from '../core/text.ts';

/** Shows the question until a key is good, and goes on with it. */
export function askKey(place: HTMLElement, lang: Lang, goOn: (key: string) => Promise<void>): void {
  const t = editTexts[lang];
  const wrong = h('p', { class: 'trouble', role: 'alert', hidden: true });
  const key = h('input', { type: 'password', id: 'gate-key', autocomplete: 'off', spellcheck: 'false', required: true });
  const button = h('button', { type: 'submit', class: 'primary' }, t.enter);
  const look = async (): Promise<void> => {
    button.disabled = true;
    wrong.hidden = true;
    try {
      const given = key.value.trim();
      await whoami(given);
      panel.remove();
      search.hidden = false;
      await goOn(given);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      wrong.textContent = error.status === 401 ? t.badKey : error.status === 0 ? texts[lang].unreachable : `${t.theServer}: ${error.detail || error.message}`;
      wrong.hidden = false;
      if (!panel.isConnected) place.append(panel);
      key.focus();
    } finally {
      button.disabled = false;
    }
  };
  const panel = h('section', { id: 'gate', class: 'panel edit-screen', 'aria-label': t.key },
    h('header', { class: 'panel-head' }, h('h2', {}, texts[lang].title)),
    h('form', { class: 'edit-form pad', onsubmit: (e: Event) => { e.preventDefault(); void look(); } },
      h('p', {}, t.keyGate), h('label', { for: 'gate-key' }, t.key), key, wrong, button, h('p', { class: 'fine' }, t.keyKept)));
  const search = byId('search-card');
  search.hidden = true; // there is nothing to search yet
  place.append(panel);
  key.focus();
}
