// The shape of the feature that is edited: its size, its vertices one by one.

import { formatArea, formatDistance } from '../../core/format.ts';
import { parseCoordinates } from '../../geo/parse.ts';
import { activeGeometry, handlesOf } from '../../edit/paint.ts';
import { measured, middlesOf, same, vertexAt, verticesOf } from '../../edit/shape.ts';
import { h } from '../dom.ts';
import { centre, insertVertex, moveVertex, removeVertex, stepVertex } from './actions.ts';
import { seenBox, type Desk } from './desk.ts';
import { centreSpot } from './keyboard.ts';
import { snapToggle } from './list.ts';
import { piecesRow, piecesText } from './pieces.ts';
import { alert, say, symbol, type Part } from './part.ts';
import type { Targets } from './targets.ts';

export function geometrySection(d: Desk, targets: Targets): Part {
  const t = d.t(), sizes = h('strong', {}), made = h('span', {}), size = h('p', { class: 'edit-size' }, sizes, made), hint = h('p', { class: 'fine' }), wrong = alert();
  const where = h('input', { type: 'text', id: 'edit-position', autocomplete: 'off', inputmode: 'text', onchange: () => place() });
  const count = h('output', { class: 'edit-count' });
  const whole = h('button', { type: 'button', class: 'chip', id: 'edit-whole', onclick: () => d.session.send({ whole: !d.session.get().whole }) }, t.moveWhole);
  const here = symbol(t.moveHere, 'target', () => moveVertex(d, targets.at(centreSpot(d)).at), { class: 'small', id: 'edit-move-here' });
  const insert = symbol(t.insertAfter, 'plus', () => insertAfter(d), { class: 'small', id: 'edit-insert' });
  const drop = symbol(t.removeVertex, 'bin', () => removeVertex(d), { class: 'small danger', id: 'edit-drop-vertex' });
  const steps = h('div', { class: 'edit-steps', role: 'group', 'aria-label': t.vertex }, h('span', {}, t.vertex), symbol(t.previous, 'back', () => stepVertex(d, -1)), count, symbol(t.next, 'on', () => stepVertex(d, 1), { id: 'edit-next-vertex' }));
  const position = h('div', { class: 'edit-field' }, h('label', { for: 'edit-position' }, t.position), h('div', { class: 'edit-row' }, where, here), wrong);
  const snap = snapToggle(d), pieces = piecesRow(d), row = h('div', { class: 'edit-row' }, steps, insert, drop);
  const place = (): void => {
    const found = parseCoordinates(where.value)[0];
    say(wrong, found ? '' : t.badPosition);
    if (found) moveVertex(d, found.at);
  };
  return {
    element: h('section', { class: 'edit-geometry' }, h('h3', {}, t.geometry), size,
      h('div', { class: 'edit-row' }, whole, snap.element),
      row, position, pieces.element, hint),
    update() {
      const s = d.session.get(), g = activeGeometry(d.draft.get(), s), { lang } = d.c.store.get();
      if (!g) return;
      const { length, area } = measured(g), all = verticesOf(g), single = g.type === 'Point';
      sizes.textContent = [
        area > 0 ? `${t.area} ${formatArea(area, lang)}` : '',
        length > 0 ? `${area > 0 ? t.perimeter : t.length} ${formatDistance(length, lang)}` : ''].filter(Boolean).join(' · ');
      made.textContent = single ? '' : [`${all.length} ${t.vertices}`, piecesText(d)].filter(Boolean).join(' · ');
      const i = s.vertex === null ? -1 : all.findIndex((v) => same(v.path, s.vertex!));
      const at = single ? all[0]!.at : s.vertex && vertexAt(g, s.vertex);
      const { many } = handlesOf(g, seenBox(d));
      hint.textContent = many ? t.tooMany : s.whole ? t.wholeHint : single ? '' : t.vertexHint;
      whole.hidden = row.hidden = single;
      whole.setAttribute('aria-pressed', String(s.whole));
      insert.disabled = drop.disabled = i < 0;
      count.textContent = i < 0 ? `– / ${all.length}` : `${i + 1} / ${all.length}`;
      position.hidden = !at;
      const text = at ? `${at[1].toFixed(7)}, ${at[0].toFixed(7)}` : '';
      if (document.activeElement !== where && where.value !== text) { where.value = text; say(wrong, ''); }
      snap.update();
      pieces.update();
    },
  };
}

/** Puts a vertex into the middle of the edge after the chosen one or, after the last of a line, to the centre of the map. */
function insertAfter(d: Desk): void {
  const s = d.session.get(), g = activeGeometry(d.draft.get(), s), path = s.vertex;
  if (!g || path === null) return;
  const after = [...path.slice(0, -1), path.at(-1)! + 1];
  const middle = middlesOf(g).find((m) => same(m.path, after));
  if (middle) insertVertex(d, after, middle.at);
  else insertVertex(d, after, centre(d)); // beyond the end of a line
}
