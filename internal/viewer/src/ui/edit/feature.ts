// The screen of one feature: its shape, its attributes, and how to be rid of it.

import { current, isNew, layerOf } from '../../edit/draft.ts';
import { h } from '../dom.ts';
import { remove, show } from './actions.ts';
import { nameOfKey, titleOfLayer, type Desk } from './desk.ts';
import { fieldsSection } from './fields.ts';
import { geometrySection } from './geometry.ts';
import { action, alert, head, say, symbol, type Part } from './part.ts';
import type { Targets } from './targets.ts';

export function featureScreen(d: Desk, targets: Targets, key: string): Part {
  const t = d.t(), there = current(d.draft.get(), key) !== null;
  const geometry = geometrySection(d, targets), fields = fieldsSection(d, key);
  const wrong = alert(), wrongShape = alert();
  const code = String(current(d.draft.get(), key)?.properties['code'] ?? '');
  const header = head(nameOfKey(d, key), [titleOfLayer(d, layerOf(key)), code ? ` · ${code}` : null], symbol(t.back, 'back', () => show(d, 'list'), { id: 'edit-back', class: 'ghost' }));
  const title = header.querySelector('h2')!;
  const discard = symbol(t.discard, 'undo', () => { d.draft.send({ type: 'discard', key }); }, { class: 'small', id: 'edit-discard' });
  const gone = symbol(t.remove, 'bin', () => remove(d, key), { class: 'small danger', id: 'edit-remove' });
  const body = there
    ? h('div', { class: 'panel-body' }, wrong, wrongShape, geometry.element, fields.element)
    : h('div', { class: 'panel-body' }, h('p', {}, t.removedNote), action(t.restore, () => { d.draft.send({ type: 'discard', key }); }, { icon: 'undo', id: 'edit-restore' }));
  return {
    element: h('div', { class: 'edit-screen' }, header, body,
      h('div', { class: 'actions edit-foot' }, action(t.finish, () => show(d, 'list'), { class: 'primary', icon: 'check', id: 'edit-done' }), there ? discard : null, there ? gone : null)),
    update() {
      const mistakes = d.session.get().mistakes.fields[key] ?? {};
      say(wrong, mistakes['*'] ?? '');
      say(wrongShape, mistakes[''] ?? '');
      const name = nameOfKey(d, key);
      if (title.textContent !== name) title.textContent = name;
      discard.hidden = isNew(key) || d.draft.get().now[key] === undefined;
      geometry.update();
      fields.update();
    },
  };
}
