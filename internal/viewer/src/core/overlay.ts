// What is drawn above the city: the selection, the circle of the question and
// its hits, changes that pulse, the measuring line. Layers as data.

import type { LayerSpecification, SourceSpecification } from 'maplibre-gl';

export interface OverlayColours {
  readonly accent: string;
  readonly paper: string;
  readonly pulse: string;
  readonly ink: string;
}
export const overlayColours = (dark: boolean): OverlayColours =>
  dark ? { accent: '#ffd43b', paper: '#12161b', pulse: '#ff6b6b', ink: '#eef2f6' } : { accent: '#0a50d8', paper: '#ffffff', pulse: '#e03131', ink: '#24303a' };

const names = ['selection', 'circle', 'hits', 'hover', 'pulse', 'measure'] as const;
export type Overlay = (typeof names)[number];

const empty = { type: 'FeatureCollection' as const, features: [] };

export const overlaySources: Readonly<Record<string, SourceSpecification>> = Object.fromEntries(
  names.map((n) => [`twin-${n}`, { type: 'geojson', data: empty, buffer: 512 }]),
);

type Expression = readonly unknown[];
const kind = (k: string): Expression => ['in', ['geometry-type'], ['literal', [k, `Multi${k}`]]];

function layer(id: string, of: Overlay, type: string, filter: Expression | null, paint: Record<string, unknown>, layout: Record<string, unknown> = {}): LayerSpecification {
  return { id: `twin-${id}`, source: `twin-${of}`, type, ...(filter ? { filter } : {}), paint, layout } as unknown as LayerSpecification;
}

export function overlayLayers(c: OverlayColours): LayerSpecification[] {
  const round = { 'line-cap': 'round', 'line-join': 'round' };
  const reach = (more: number): Expression => ['interpolate', ['exponential', 2], ['zoom'], 0, ['*', more, ['get', 'width']], 22, ['*', more * 2 ** 22, ['get', 'width']]];
  return [
    layer('circle-reach', 'circle', 'line', ['==', ['get', 'part'], 'reach'], { 'line-color': c.accent, 'line-width': reach(1), 'line-opacity': 0.08 }, round),
    layer('circle-fill', 'circle', 'fill', kind('Polygon'), { 'fill-color': c.accent, 'fill-opacity': 0.06 }),
    layer('circle-line', 'circle', 'line', kind('Polygon'), { 'line-color': c.accent, 'line-width': 1.8, 'line-dasharray': [4, 2] }),
    layer('hits-line', 'hits', 'line', kind('LineString'), { 'line-color': c.accent, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 9, 14, 15], 'line-opacity': 0.28 }, round),
    layer('hits-area', 'hits', 'line', kind('Polygon'), { 'line-color': c.accent, 'line-width': 2, 'line-opacity': 0.5 }, round),
    layer('hits-dot', 'hits', 'circle', kind('Point'), { 'circle-radius': 13, 'circle-color': c.accent, 'circle-opacity': 0.1, 'circle-stroke-color': c.accent, 'circle-stroke-width': 1.5, 'circle-stroke-opacity': 0.6 }),
    layer('hover-reach', 'hover', 'line', ['==', ['get', 'part'], 'reach'], { 'line-color': c.accent, 'line-width': 2, 'line-dasharray': [2, 2] }),
    layer('hover-casing', 'hover', 'line', ['all', ['!=', ['get', 'part'], 'reach'], ['!', kind('Point')]], { 'line-color': c.paper, 'line-width': 9, 'line-opacity': 0.85 }, round),
    layer('hover-line', 'hover', 'line', ['all', ['!=', ['get', 'part'], 'reach'], ['!', kind('Point')]], { 'line-color': c.accent, 'line-width': 5 }, round),
    layer('hover-dot', 'hover', 'circle', kind('Point'), { 'circle-radius': 15, 'circle-color': c.accent, 'circle-opacity': 0.25, 'circle-stroke-color': c.accent, 'circle-stroke-width': 3 }),
    layer('selection-fill', 'selection', 'fill', kind('Polygon'), { 'fill-color': c.accent, 'fill-opacity': 0.12 }),
    layer('selection-casing', 'selection', 'line', ['!', kind('Point')], { 'line-color': c.accent, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 13, 14, 22], 'line-opacity': 0.5 }, round),
    layer('selection-line', 'selection', 'line', kind('Polygon'), { 'line-color': c.accent, 'line-width': 2.5 }, round),
    layer('selection-dot', 'selection', 'circle', kind('Point'), { 'circle-radius': 17, 'circle-color': c.accent, 'circle-opacity': 0.14, 'circle-stroke-color': c.accent, 'circle-stroke-width': 3 }),
    layer('selection-pin', 'selection', 'circle', ['==', ['get', 'part'], 'place'], { 'circle-radius': 4, 'circle-color': c.accent, 'circle-stroke-color': c.paper, 'circle-stroke-width': 2 }),
    layer('circle-handle', 'circle', 'circle', ['==', ['get', 'part'], 'handle'], { 'circle-radius': 8, 'circle-color': c.paper, 'circle-stroke-color': c.accent, 'circle-stroke-width': 3 }),
    layer('measure-area', 'measure', 'fill', kind('Polygon'), { 'fill-color': c.accent, 'fill-opacity': 0.1 }),
    layer('measure-line', 'measure', 'line', kind('LineString'), { 'line-color': c.accent, 'line-width': 3 }, round),
    layer('measure-dot', 'measure', 'circle', kind('Point'), { 'circle-radius': 5, 'circle-color': c.paper, 'circle-stroke-color': c.accent, 'circle-stroke-width': 2.5 }),
    layer('pulse-line', 'pulse', 'line', ['!', kind('Point')], { 'line-color': c.pulse, 'line-width': 8, 'line-opacity': 0.7 }, round),
    layer('pulse-dot', 'pulse', 'circle', kind('Point'), { 'circle-radius': 22, 'circle-color': c.pulse, 'circle-opacity': 0.25, 'circle-stroke-color': c.pulse, 'circle-stroke-width': 3, 'circle-stroke-opacity': 0.9 }),
  ];
}
