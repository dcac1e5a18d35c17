// What differs between two days: tiles that mark it, drawn as a glow by kind.

import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import { timeQuery } from './time.ts';

export const differenceColours = { added: '#2f9e44', changed: '#f08c00', removed: '#e03131' } as const;
export type Change = keyof typeof differenceColours;

/** Layers whose differences are marked. */
const marked = ['high_tech_zones', 'projects', 'roads', 'metro_lines', 'bridges', 'ring_roads', 'metro_stations', 'intersections'] as const;

/** The days in their order: added is what the later one has and the earlier has not. */
export function ends(today: string, date: string): readonly [string, string] {
  return date < today ? [date, today] : [today, date];
}

export function differenceQuery(today: string, date: string, asOf: string | null): string {
  const [from, to] = ends(today, date);
  return [`from=${from}&to=${to}`, timeQuery(null, asOf)].filter((p) => p !== '').join('&');
}

export const sourceName = 'hanoi-diff';

/** The style with what differs marked beneath the lines that it is about. */
export function withDifference(style: StyleSpecification, today: string, date: string, asOf: string | null, at: number): StyleSpecification {
  const city = style.sources['hanoi'];
  if (city?.type !== 'vector' || !city.tiles?.[0]) return style;
  const address = city.tiles[0].replace(/\?.*$/, '').replace('/tiles/all/', '/tiles/diff/all/');
  const source: SourceSpecification = { type: 'vector', tiles: [`${address}?${differenceQuery(today, date, asOf)}`], maxzoom: 14 };
  const there = marked.filter((name) => style.layers.some((l) => 'source-layer' in l && l['source-layer'] === name));
  const glow = there.flatMap(glowOf);
  return { ...style, sources: { ...style.sources, [sourceName]: source }, layers: [...style.layers.slice(0, at), ...glow, ...style.layers.slice(at)] };
}

function glowOf(name: string): LayerSpecification[] {
  const colour = ['match', ['get', 'change'], 'added', differenceColours.added, 'removed', differenceColours.removed, differenceColours.changed];
  const common = { source: sourceName, 'source-layer': name };
  return [
    { ...common, id: `diff-${name}-line`, type: 'line', filter: ['!', ['in', ['geometry-type'], ['literal', ['Point', 'MultiPoint']]]], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': colour, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 8, 13, 16], 'line-opacity': 0.55 } },
    { ...common, id: `diff-${name}-dot`, type: 'circle', filter: ['in', ['geometry-type'], ['literal', ['Point', 'MultiPoint']]], paint: { 'circle-color': colour, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 6, 13, 15], 'circle-opacity': 0.55 } },
  ] as unknown as LayerSpecification[];
}
