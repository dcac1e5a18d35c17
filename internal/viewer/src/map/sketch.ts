// Takes the map into an editor's hand: what the pointer does is told to the
// editor instead of selecting, and what is being edited is drawn above all.

import type { GeoJSONSource, LayerSpecification } from 'maplibre-gl';
import type { Feature } from 'geojson';
import { differenceColours } from '../core/difference.ts';
import type { OverlayColours } from '../core/overlay.ts';
import { metresPerPixel } from '../core/scale.ts';
import type { LonLat } from '../geo/ellipsoid.ts';
import type { CityMap } from './map.ts';

/** Where the pointer is, and how many metres are within its reach there. */
export interface Spot {
  readonly at: LonLat;
  readonly x: number;
  readonly y: number;
  readonly metres: number;
}

/** What an editor does with the pointer. */
export interface Hand {
  move(s: Spot): void;
  click(s: Spot): void;
  /** Whether something is grabbed there, which is dragged then. */
  grab(s: Spot): boolean;
  drag(s: Spot): void;
  drop(): void;
}

const reach = { mouse: 10, finger: 20 } as const; // pixels

/** Gives the pointer to a hand until the function that is returned is called. */
export function takeMap(map: CityMap, hand: Hand): () => void {
  const gl = map.gl, end = new AbortController();
  let dragging = false;
  const spot = (e: { lngLat: { lng: number; lat: number }; point: { x: number; y: number } }, finger = false): Spot =>
    ({ at: [e.lngLat.lng, e.lngLat.lat], x: e.point.x, y: e.point.y, metres: metresPerPixel(e.lngLat.lat, gl.getZoom()) * (finger ? reach.finger : reach.mouse) });
  const coarse = window.matchMedia('(pointer: coarse)');
  const drop = (): void => {
    if (!dragging) return;
    dragging = false;
    hand.drop();
  };
  const subscriptions = [
    gl.on('mousedown', (e) => { if (e.originalEvent.button === 0 && hand.grab(spot(e))) { dragging = true; e.preventDefault(); } }),
    gl.on('touchstart', (e) => {
      if (e.points.length === 1 && hand.grab(spot(e, true))) { dragging = true; e.preventDefault(); } else drop();
    }),
    gl.on('mousemove', (e) => (dragging ? hand.drag(spot(e)) : hand.move(spot(e)))),
    gl.on('touchmove', (e) => { if (dragging) { e.preventDefault(); hand.drag(spot(e, true)); } }),
    gl.on('touchend', drop), gl.on('touchcancel', drop),
    gl.on('click', (e) => hand.click(spot(e, coarse.matches))),
  ];
  window.addEventListener('mouseup', drop, { signal: end.signal });
  gl.doubleClickZoom.disable();
  map.taken = true;
  return () => {
    end.abort();
    for (const s of subscriptions) s.unsubscribe();
    gl.doubleClickZoom.enable();
    map.taken = false;
    map.cursor('');
  };
}

const source = 'twin-edit';
const theirColour = '#e64980'; // of what others have moved, and of what is snapped to; css/edit.css has it too

/** Draws what is being edited; layers are made when they are missing. */
export function drawSketch(map: CityMap, features: readonly Feature[], colours: OverlayColours): void {
  const gl = map.gl, data = { type: 'FeatureCollection' as const, features: [...features] };
  const known = gl.getSource<GeoJSONSource>(source);
  if (known) known.setData(data);
  else gl.addSource(source, { type: 'geojson', data, buffer: 256 });
  const layers = sketchLayers(colours);
  if (gl.getLayer(layers[0]!.id) && gl.getPaintProperty('edit-vertex', 'circle-color') === colours.paper) return;
  for (const l of layers) {
    if (gl.getLayer(l.id)) gl.removeLayer(l.id);
    gl.addLayer(l);
  }
}

export function clearSketch(map: CityMap): void {
  const gl = map.gl;
  for (const id of gl.getLayersOrder()) if (id.startsWith('edit-')) gl.removeLayer(id);
  if (gl.getSource(source)) gl.removeSource(source);
}

function sketchLayers(c: OverlayColours): LayerSpecification[] {
  const part = (...names: string[]): unknown => ['in', ['get', 'part'], ['literal', names]];
  const colour = ['match', ['get', 'kind'], 'added', differenceColours.added, 'changed', differenceColours.changed, 'removed', differenceColours.removed, 'theirs', theirColour, c.accent];
  const round = { 'line-cap': 'round', 'line-join': 'round' };
  const kind = (k: string): unknown => ['==', ['geometry-type'], k];
  const layer = (id: string, type: string, filter: unknown, paint: object, layout: object = {}): LayerSpecification =>
    ({ id: `edit-${id}`, source, type, filter, paint, layout }) as unknown as LayerSpecification;
  const lines = ['!', kind('Point')], kept = ['!=', ['get', 'kind'], 'removed'];
  return [
    layer('fill', 'fill', ['all', part('feature'), kind('Polygon')], { 'fill-color': colour, 'fill-opacity': 0.16 }),
    layer('base', 'line', ['all', part('base', 'shift'), lines], { 'line-color': c.ink, 'line-width': 2, 'line-dasharray': [2, 2], 'line-opacity': 0.75 }),
    layer('base-dot', 'circle', ['all', part('base'), kind('Point')], { 'circle-radius': 11, 'circle-opacity': 0, 'circle-stroke-color': c.ink, 'circle-stroke-width': 2, 'circle-stroke-opacity': 0.75 }),
    layer('casing', 'line', ['all', part('feature'), lines], { 'line-color': c.paper, 'line-width': 8, 'line-opacity': 0.9 }, round),
    layer('line', 'line', ['all', part('feature'), lines, kept], { 'line-color': colour, 'line-width': 4 }, round),
    layer('gone', 'line', ['all', part('feature'), lines, ['!', kept]], { 'line-color': colour, 'line-width': 4, 'line-dasharray': [1.2, 1.2] }),
    layer('dot', 'circle', ['all', part('feature'), kind('Point')], { 'circle-radius': ['match', ['get', 'kind'], 'active', 13, 9], 'circle-color': colour, 'circle-stroke-color': c.paper, 'circle-stroke-width': 3 }),
    layer('middle', 'circle', part('middle'), { 'circle-radius': 4, 'circle-color': c.paper, 'circle-stroke-color': c.accent, 'circle-stroke-width': 1.5, 'circle-opacity': 0.85 }),
    layer('vertex', 'circle', part('vertex'), { 'circle-radius': 6.5, 'circle-color': c.paper, 'circle-stroke-color': c.accent, 'circle-stroke-width': 2.5 }),
    layer('chosen', 'circle', part('chosen'), { 'circle-radius': 7.5, 'circle-color': c.accent, 'circle-stroke-color': c.paper, 'circle-stroke-width': 2.5 }),
    layer('snap', 'circle', part('snap'), { 'circle-radius': 11, 'circle-opacity': 0, 'circle-stroke-color': theirColour, 'circle-stroke-width': 3 }),
  ];
}
