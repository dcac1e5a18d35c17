// Measures a line, and an area from three points on, on the ellipsoid.

import type { Feature } from 'geojson';
import type { State } from '../core/state.ts';
import { formatArea, formatDistance } from '../core/format.ts';
import { areaOf, lengthOf } from '../geo/ellipsoid.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { textOf, type Context } from './context.ts';

export function measurePanel(c: Context, panel: HTMLElement): (s: State) => void {
  return (s) => {
    const points = s.measure;
    panel.hidden = points === null;
    c.map.show('measure', points === null ? [] : shapes(points));
    if (points === null) return;
    const t = textOf(c);
    const rows: [string, string][] = [[t.measureLength, formatDistance(lengthOf(points), s.lang)]];
    if (points.length > 2) {
      rows.push([t.measureArea, formatArea(areaOf(points), s.lang)], [t.measurePerimeter, formatDistance(lengthOf([...points, points[0]!]), s.lang)]);
    }
    panel.setAttribute('aria-label', t.measure);
    panel.replaceChildren(
      h('header', { class: 'panel-head' }, h('h2', {}, t.measure),
        h('button', { type: 'button', class: 'ghost', 'aria-label': t.close, title: t.close, onclick: () => c.store.send({ type: 'measure', points: null }) }, icon('close'))),
      points.length === 0 ? h('p', { class: 'fine pad' }, t.measureHint)
        : h('dl', { class: 'measured', role: 'status' }, ...rows.flatMap(([k, v]) => [h('dt', {}, k), h('dd', {}, v)])),
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'small', disabled: points.length === 0, onclick: () => c.store.send({ type: 'measure', points: points.slice(0, -1) }) }, t.undo),
        h('button', { type: 'button', class: 'small', disabled: points.length === 0, onclick: () => c.store.send({ type: 'measure', points: [] }) }, t.startOver)));
  };
}

function shapes(points: readonly (readonly [number, number])[]): Feature[] {
  const line = points.map((p) => [...p]);
  const all: Feature[] = points.map((p) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [...p] } }));
  if (line.length > 1) all.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } });
  if (line.length > 2) all.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[...line, line[0]!]] } });
  return all;
}
