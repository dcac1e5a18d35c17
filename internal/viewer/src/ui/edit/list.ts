// Where editing begins: what to draw, and what has been changed so far.

import { changesOf } from '../../edit/changes.ts';
import { definitionOf } from '../../edit/session.ts';
import { kindsOf } from '../../edit/shape.ts';
import { none } from '../../edit/mistakes.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { activate, beginSketch, show } from './actions.ts';
import { nameOfKey, titleOfLayer, type Desk } from './desk.ts';
import { action, head, say, status, symbol, type Part } from './part.ts';
import { revertSaved } from './save.ts';
import { resolve } from './stale.ts';

export function listScreen(d: Desk, close: () => void): Part {
  const t = d.t();
  const layer = h('select', { id: 'edit-layer', onchange: () => d.session.send({ layer: layer.value }) },
    ...d.session.get().layers.map((l) => h('option', { value: l.id }, titleOfLayer(d, l.id))));
  const kinds = h('div', { class: 'edit-kinds' });
  const who = h('span', {});
  const changes = h('ul', { class: 'edit-changes' });
  const title = h('h3', {}), empty = h('p', { class: 'fine' }, t.noChanges);
  const undo = symbol(t.undo, 'undo', () => d.draft.send({ type: 'undo' }), { class: 'small', id: 'edit-undo' });
  const redo = symbol(t.redo, 'redo', () => d.draft.send({ type: 'redo' }), { class: 'small', id: 'edit-redo' });
  const all = action(t.discardAll, () => {
    if (!window.confirm(t.discardSure)) return;
    d.draft.send({ type: 'clear' });
    d.session.send({ mistakes: none, stale: [], conflicts: [] });
  });
  const review = action(t.review, () => show(d, 'review'), { class: 'primary', id: 'edit-review', icon: 'check' });
  const saved = h('div', { class: 'edit-saved', hidden: true });
  const savedText = status('edit-saved-text');
  saved.append(icon('check'), savedText, action(t.revert, () => void revertSaved(d), { id: 'edit-revert', icon: 'undo' }));
  const snap = snapToggle(d);
  const stale = h('div', { class: 'edit-buttons', hidden: true }, h('p', { class: 'trouble' }, t.conflict), action(t.resolve, () => void resolve(d), { id: 'edit-resolve' }));
  let drawnKinds = '', drawnChanges: unknown[] = [];
  const body = h('div', { class: 'panel-body' }, saved,
    h('section', { class: 'edit-unsaved' }, h('div', { class: 'edit-row' }, title, undo, redo), stale, changes, empty),
    h('div', { class: 'edit-form' }, h('label', { for: 'edit-layer' }, t.layer), layer, kinds, snap.element),
    h('p', { class: 'fine' }, t.hint, h('span', { class: 'keys' }, ` ${t.hintKeys}`)));
  return {
    element: h('div', { class: 'edit-screen' },
      head(t.edit, [icon('key'), who], symbol(t.signOut, 'out', () => d.setKey(''), { id: 'edit-sign-out' }), symbol(t.close, 'close', close)),
      body, h('div', { class: 'actions edit-foot' }, review, all)),
    update() {
      const s = d.session.get(), now = d.draft.get(), list = changesOf(now);
      who.textContent = [s.name, s.role === 'admin' ? t.admin : t.editor].filter(Boolean).join(' · ');
      if (layer.value !== s.layer) layer.value = s.layer;
      if (drawnKinds !== s.layer) {
        drawnKinds = s.layer;
        kinds.replaceChildren(...kindsOf(definitionOf(s, s.layer)?.geometry ?? '').map((k) =>
          action(t[k], () => beginSketch(d, d.session.get().layer, k), { icon: 'plus', id: `edit-add-${k}` })));
        kinds.setAttribute('role', 'group');
        kinds.setAttribute('aria-label', t.add);
      }
      snap.update();
      undo.disabled = now.past.length === 0;
      redo.disabled = now.future.length === 0;
      review.disabled = all.disabled = list.length === 0;
      title.textContent = list.length > 0 ? `${t.changes} (${list.length})` : t.changes;
      empty.hidden = list.length > 0;
      body.classList.toggle('some', list.length > 0);
      saved.hidden = s.saved === null;
      stale.hidden = s.stale.length === 0;
      say(savedText, s.saved === null ? '' : `${t.saved} ${s.saved}`);
      const wanted = [now.now, s.mistakes, s.stale];
      if (wanted.every((w, i) => w === drawnChanges[i])) return;
      drawnChanges = wanted;
      changes.replaceChildren(...list.map((c) => changeRow(d, c.key, c.kind)));
    },
  };
}

function changeRow(d: Desk, key: string, kind: 'added' | 'changed' | 'removed'): HTMLElement {
  const t = d.t(), s = d.session.get(), name = nameOfKey(d, key);
  const wrong = Object.values(s.mistakes.fields[key] ?? {}).join('; ');
  return h('li', {},
    h('button', { type: 'button', class: 'edit-change', onclick: () => activate(d, key, true) },
      h('span', { class: `kind ${kind}` }, t[kind]),
      h('span', { class: 'edit-name' }, h('strong', {}, name), h('small', {}, titleOfLayer(d, key.slice(0, key.indexOf('/')))),
        wrong ? h('small', { class: 'trouble' }, wrong) : null,
        s.stale.includes(key) ? h('small', { class: 'trouble' }, t.stale) : null)),
    symbol(`${t.discard}: ${name}`, 'close', () => {
      d.draft.send({ type: 'discard', key });
      document.getElementById('edit-undo')?.focus(); // its own button is gone
    }));
}

export function snapToggle(d: Desk): Part {
  const box = h('input', { type: 'checkbox', id: 'edit-snap', onchange: () => d.session.send({ snap: box.checked, snapped: null }) });
  return {
    element: h('label', { class: 'row-name edit-snap' }, box, d.t().snap),
    update() { box.checked = d.session.get().snap; },
  };
}
