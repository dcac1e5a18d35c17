// While something is drawn: how to, and how long it is.

import { formatArea, formatDistance } from '../../core/format.ts';
import { areaOf, lengthOf } from '../../geo/ellipsoid.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { addVertex, dropVertex, finishSketch, leaveSketch } from './actions.ts';
import { nameOfKey, titleOfLayer, type Desk } from './desk.ts';
import { centreSpot } from './keyboard.ts';
import { snapToggle } from './list.ts';
import { action, alert, head, say, symbol, type Part } from './part.ts';
import type { Targets } from './targets.ts';

export function drawScreen(d: Desk, targets: Targets): Part {
  const t = d.t(), { kind, layer, adding } = d.session.get();
  const size = h('dl', { class: 'measured', role: 'status' });
  const wrong = alert(), snap = snapToggle(d);
  const drop = action(t.dropLast, () => dropVertex(d), { id: 'edit-drop' });
  const finish = action(t.finish, () => finishSketch(d), { class: 'primary', id: 'edit-finish', icon: 'check' });
  const how = kind === 'Point' ? t.drawPoint : kind === 'LineString' ? t.drawLine : t.drawArea;
  finish.hidden = drop.hidden = kind === 'Point';
  return {
    element: h('div', { class: 'edit-screen' },
      head(adding ? t[adding.as === 'hole' ? 'addHole' : 'addPart'] : `${t.add}: ${t[kind].toLocaleLowerCase()}`, [adding ? nameOfKey(d, adding.key) : titleOfLayer(d, layer)], symbol(t.cancel, 'close', () => leaveSketch(d))),
      h('div', { class: 'panel-body' }, h('p', {}, how), h('p', { class: 'fine keys' }, t.drawKeys), size, wrong,
        h('div', { class: 'edit-buttons' },
          action(t.addHere, () => addVertex(d, targets.at(centreSpot(d)).at), { icon: 'target', id: 'edit-here' }), drop),
        snap.element),
      h('div', { class: 'actions edit-foot' }, finish, h('button', { type: 'button', class: 'small', onclick: () => leaveSketch(d) }, icon('close'), t.cancel))),
    update() {
      const s = d.session.get(), { lang } = d.c.store.get(), n = s.sketch.length;
      drop.disabled = n === 0;
      finish.disabled = n < (kind === 'Polygon' ? 3 : 2);
      say(wrong, s.trouble);
      snap.update();
      const points = s.pointer && n > 0 ? [...s.sketch, s.pointer] : s.sketch;
      const rows: [string, string][] = kind === 'Point' ? [] : [[t.vertex, String(n)]];
      if (kind === 'LineString' && points.length > 1) rows.push([t.length, formatDistance(lengthOf(points), lang)]);
      if (kind === 'Polygon' && points.length > 2) rows.push([t.perimeter, formatDistance(lengthOf([...points, points[0]!]), lang)], [t.area, formatArea(areaOf(points), lang)]);
      size.replaceChildren(...rows.flatMap(([k, v]) => [h('dt', {}, k), h('dd', {}, v)]));
    },
  };
}
