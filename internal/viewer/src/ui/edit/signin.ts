// Asks for a key, and whose it is.

import { Problem } from '../../api/client.ts';
import { definitions, whoami } from '../../api/write.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { openFeature, show } from './actions.ts';
import type { Desk } from './desk.ts';
import { action, alert, head, say, symbol, type Part } from './part.ts';

export function signIn(d: Desk, close: () => void): Part {
  const t = d.t(), wrong = alert();
  const key = h('input', { type: 'password', id: 'edit-key', autocomplete: 'off', spellcheck: 'false', required: true });
  const button = h('button', { type: 'submit', class: 'primary' }, t.enter);
  const form = h('form', { class: 'edit-form pad', onsubmit: (e: Event) => { e.preventDefault(); void enter(d, key.value.trim()); } },
    h('p', {}, t.keyAsk),
    h('label', { for: 'edit-key' }, t.key), key, wrong, button,
    h('p', { class: 'fine' }, t.keyKept));
  return {
    element: h('div', { class: 'edit-screen' }, head(t.edit, [], symbol(t.close, 'close', close)), form),
    update() {
      const s = d.session.get();
      say(wrong, s.trouble);
      button.disabled = s.busy;
      button.textContent = s.busy ? t.checking : t.enter;
      key.setAttribute('aria-invalid', String(s.trouble !== ''));
    },
  };
}

/** With a key that writes nothing: what it is good for. */
export function readerScreen(d: Desk, close: () => void): Part {
  const t = d.t(), { name, role } = d.session.get();
  return {
    element: h('div', { class: 'edit-screen' }, head(name || t.key, [icon('key'), role === 'viewer' ? t.viewer : t.mayWriteNothing], symbol(t.close, 'close', close)),
      h('div', { class: 'panel-body' }, h('p', {}, role === 'viewer' ? t.readerNote : t.writerNote)),
      h('div', { class: 'actions edit-foot' }, action(t.seeMap, close, { class: 'primary', id: 'edit-see', icon: 'check' }),
        action(t.signOut, () => d.setKey(''), { id: 'edit-sign-out', icon: 'out' }))),
    update: () => undefined,
  };
}

/** Finds out what a key is good for, and begins with it. */
export async function enter(d: Desk, key: string): Promise<void> {
  if (key === '') return;
  d.session.send({ busy: true, trouble: '' });
  const t = d.t();
  try {
    const who = await whoami(key);
    const layers = (await definitions(key)).filter((l) => who.writes.includes(l.id));
    d.setKey(key);
    if (layers.length === 0) { // it opens what may be read
      show(d, 'reader', { layers, name: who.name ?? '', role: who.role ?? '' });
      return;
    }
    const layer = layers.find((l) => l.id === d.session.get().layer) ?? layers[0]!;
    const { wanted } = d.session.get();
    show(d, 'list', { wanted: null, layers, name: who.name ?? '', role: who.role ?? '', layer: layer.id });
    if (wanted) await openFeature(d, wanted.layer, wanted.key);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401 || error.status === 403) d.setKey('');
    d.session.send({ trouble: error.status === 401 ? `${t.badKey}. ${error.message}` : `${t.theServer}: ${error.detail || error.message}` });
  } finally {
    d.session.send({ busy: false });
  }
}
