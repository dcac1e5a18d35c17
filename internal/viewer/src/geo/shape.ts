// What a geometry is for the screen: its box, a place in it, its eastern end.

import type { Geometry, Position } from 'geojson';
import type { LonLat } from './ellipsoid.ts';

export type Box = [number, number, number, number]; // west, south, east, north

function eachPosition(g: Geometry, visit: (p: Position) => void): void {
  const walk = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === 'number') visit(c as Position);
    else for (const part of c) walk(part);
  };
  if (g.type === 'GeometryCollection') for (const part of g.geometries) eachPosition(part, visit);
  else walk(g.coordinates);
}

export function boxOf(g: Geometry): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  eachPosition(g, (p) => {
    const [x, y] = [p[0] ?? 0, p[1] ?? 0];
    box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
  });
  return box;
}

export function joined(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/** A place that stands for the geometry: a point itself, the middle vertex of a line, the middle of the rest. */
export function placeOf(g: Geometry): LonLat {
  if (g.type === 'Point') return [g.coordinates[0] ?? 0, g.coordinates[1] ?? 0];
  const line = g.type === 'LineString' ? g.coordinates : g.type === 'MultiLineString' ? longest(g.coordinates) : null;
  if (line) {
    const p = line[Math.floor(line.length / 2)] ?? [0, 0];
    return [p[0] ?? 0, p[1] ?? 0];
  }
  const b = boxOf(g);
  return [(b[0] + b[2]) / 2, (b[1] + b[3]) / 2];
}

function longest(lines: readonly Position[][]): Position[] {
  return lines.reduce((best, l) => (l.length > best.length ? l : best), []);
}

/** The easternmost vertex: where the handle of a radius has most room. */
export function easternEnd(g: Geometry): LonLat {
  let best: LonLat = [-Infinity, 0];
  eachPosition(g, (p) => { if ((p[0] ?? 0) > best[0]) best = [p[0] ?? 0, p[1] ?? 0]; });
  return best;
}
