// The radius of a question on the map: its outline, and a handle to drag.

import type { Feature, Geometry } from 'geojson';
import { circle, direct, inverse, type LonLat } from '../geo/ellipsoid.ts';
import { easternEnd } from '../geo/shape.ts';
import { metresPerPixel } from '../core/scale.ts';
import type { CityMap } from './map.ts';

/**
 * What shows a radius around a geometry. Around a point it is a circle; around
 * anything else the geometry itself, drawn as wide as twice the radius.
 */
export function reachFeatures(of: Geometry, radius: number): Feature[] {
  const end = easternEnd(of);
  const handle: Feature = { type: 'Feature', properties: { part: 'handle' }, geometry: { type: 'Point', coordinates: [...direct(end, 90, radius)] } };
  if (of.type === 'Point') {
    return [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [circle(end, radius)] } }, handle];
  }
  // pixels of the width at zoom 0; the style doubles it with each zoom
  const width = (2 * radius) / metresPerPixel(end[1], 0);
  const outline = linesOf(of);
  const shape: Feature[] = outline ? [{ type: 'Feature', properties: { part: 'reach', width }, geometry: outline }] : [];
  return [...shape, handle];
}

/** The lines of a geometry, of areas the outlines. */
function linesOf(g: Geometry): Geometry | null {
  switch (g.type) {
    case 'Polygon': return { type: 'MultiLineString', coordinates: g.coordinates };
    case 'MultiPolygon': return { type: 'MultiLineString', coordinates: g.coordinates.flat() };
    case 'LineString': case 'MultiLineString': return g;
    default: return null;
  }
}

/** Lets the handle be dragged by mouse or finger, while the centre is known. */
export function dragRadius(map: CityMap, centre: () => LonLat | null, changed: (radius: number) => void): void {
  const gl = map.gl;
  let dragging = false;
  const grab = (x: number, y: number, slack: number, prevent: () => void): void => {
    if (centre() === null || !map.touches('twin-circle-handle', x, y, slack)) return;
    prevent();
    dragging = true;
    map.cursor('ew-resize');
  };
  const move = (at: LonLat): void => {
    const c = centre();
    if (dragging && c) changed(inverse(c, at).metres);
  };
  const drop = (): void => {
    if (!dragging) return;
    dragging = false;
    map.cursor('');
  };
  gl.on('mousedown', (e) => grab(e.point.x, e.point.y, 8, () => e.preventDefault()));
  gl.on('touchstart', (e) => { if (e.points.length === 1) grab(e.point.x, e.point.y, 18, () => e.preventDefault()); });
  gl.on('mousemove', (e) => move([e.lngLat.lng, e.lngLat.lat]));
  gl.on('touchmove', (e) => { if (dragging) { e.preventDefault(); move([e.lngLat.lng, e.lngLat.lat]); } });
  window.addEventListener('mouseup', drop);
  gl.on('touchend', drop);
}
