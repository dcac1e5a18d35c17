// The style that is drawn: that of the server, with what the person changed.
// Pure: a style and a state in, a style out.

import type { FilterSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { LegendEntry, StyleMetadata } from '../api/types.ts';
import type { State } from './state.ts';
import { withDifference } from './difference.ts';
import { inOrder } from './order.ts';
import { timeQuery } from './time.ts';
import { overlayLayers, overlaySources, type OverlayColours } from './overlay.ts';

/** What the server tells beside how to draw; nothing in a style of others. */
function metadataOf(style: StyleSpecification): StyleMetadata {
  return (style.metadata as StyleMetadata | undefined) ?? {};
}

export function legendOf(style: StyleSpecification): readonly LegendEntry[] {
  return metadataOf(style)['hanoitwin:legend'] ?? [];
}

export function isShown(layer: string, startsOff: boolean, s: Pick<State, 'on' | 'off'>): boolean {
  return startsOff ? s.on.includes(layer) : !s.off.includes(layer);
}

const opacityOf: Partial<Record<LayerSpecification['type'], readonly string[]>> = {
  fill: ['fill-opacity'], line: ['line-opacity'], circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['icon-opacity', 'text-opacity'], 'fill-extrusion': ['fill-extrusion-opacity'],
};

const underlays: ReadonlySet<string> = new Set(['twin-circle-fill', 'twin-circle-reach', 'twin-hits-line', 'twin-selection-casing']);
const lineLayers: ReadonlySet<string> = new Set(['roads', 'metro_lines', 'ring_roads', 'bridges']);

/** Layers that have statuses: those that draw by it. */
type HasStatus = (layer: string) => boolean;

export function drawnStyle(base: StyleSpecification, s: State, hasStatus: HasStatus, colours: OverlayColours, today: string): StyleSpecification {
  const startsOff = new Set(legendOf(base).filter((e) => e.off).map((e) => e.layer));
  const layers = inOrder(base, s.order).map((l) => {
    const of = 'source-layer' in l ? l['source-layer'] : undefined;
    if (of === undefined) return l;
    let next: LayerSpecification = l;
    if (!isShown(of, startsOff.has(of), s)) next = { ...next, layout: { ...next.layout, visibility: 'none' } } as LayerSpecification;
    const opacity = s.opacity[of];
    if (opacity !== undefined) next = faded(next, opacity);
    const hidden = [...s.hidden, ...(s.hiddenIn[of] ?? [])];
    if (hidden.length > 0 && hasStatus(of)) next = withoutStatuses(next, hidden);
    return next;
  });
  const sources: Record<string, SourceSpecification> = { ...onDate(base.sources, s.date, s.asOf), ...overlaySources };
  // Glows lie beneath the lines that they are about, the rest above everything.
  const overlays = overlayLayers(colours), under = overlays.filter((l) => underlays.has(l.id));
  const at = layers.findIndex((l) => l.type === 'line' && 'source-layer' in l && lineLayers.has(l['source-layer'] ?? ''));
  const split = at < 0 ? layers.length : at;
  const style = { ...base, sources, layers: [...layers.slice(0, split), ...under, ...layers.slice(split), ...overlays.filter((l) => !underlays.has(l.id))] };
  return s.compare && s.date !== null ? withDifference(style, today, s.date, s.asOf, split) : style;
}

/** The sources as the city is on a day in the world, as it was known at some time. */
function onDate(sources: StyleSpecification['sources'], date: string | null, asOf: string | null): StyleSpecification['sources'] {
  const query = timeQuery(date, asOf);
  if (query === '') return sources;
  return Object.fromEntries(Object.entries(sources).map(([name, source]) =>
    [name, source.type === 'vector' && source.tiles ? { ...source, tiles: source.tiles.map((t) => `${t}?${query}`) } : source]));
}

/** The first and the last day in the data. */
export function datesOf(style: StyleSpecification): readonly [string, string] | null {
  return metadataOf(style)['hanoitwin:dates'] ?? null;
}

function faded(l: LayerSpecification, opacity: number): LayerSpecification {
  const paint: Record<string, unknown> = { ...l.paint };
  for (const property of opacityOf[l.type] ?? []) paint[property] = times(paint[property], opacity);
  return { ...l, paint } as LayerSpecification;
}

/** Multiplies a number or an expression; one of zoom in its outputs, where alone it may stand. */
function times(value: unknown, factor: number): unknown {
  if (value === undefined) return factor;
  if (typeof value === 'number') return value * factor;
  if (!Array.isArray(value)) return value;
  if (value[0] === 'interpolate' || value[0] === 'step') {
    const first = value[0] === 'interpolate' ? 4 : 2; // the first output
    return value.map((v, i) => (i >= first && (i - first) % 2 === 0 ? times(v, factor) : v));
  }
  return ['*', factor, value];
}

function withoutStatuses(l: LayerSpecification, hidden: readonly string[]): LayerSpecification {
  const filter = 'filter' in l ? l.filter : undefined;
  const alive = ['!', ['in', ['coalesce', ['get', 'status'], ''], ['literal', hidden]]];
  const both = (filter === undefined ? alive : ['all', filter, alive]) as FilterSpecification;
  return { ...l, filter: both } as LayerSpecification;
}
