// The vertices of a geometry: which there are, and the geometry with one of them
// moved, added or removed. Nothing is changed in place.

import type { Geometry, Position } from 'geojson';
import { areaOf, lengthOf, type LonLat } from '../geo/ellipsoid.ts';

/** Where a vertex stands: the indexes that lead to it from the coordinates, in a collection after that of the geometry; [] in a Point. */
export type Path = readonly number[];

export interface Vertex {
  readonly path: Path;
  readonly at: LonLat;
}

/** What can be drawn. */
export type Kind = 'Point' | 'LineString' | 'Polygon';

/** How many a line and a ring need, the first of a ring counted once. */
const fewest = { line: 2, ring: 3 } as const;

/** The kinds that a layer takes, by its declared geometry. */
export function kindsOf(geometry: string): readonly Kind[] {
  switch (geometry) {
    case 'Point': case 'MultiPoint': return ['Point'];
    case 'LineString': case 'MultiLineString': return ['LineString'];
    case 'Polygon': case 'MultiPolygon': return ['Polygon'];
    case 'Geometry': return ['Point', 'LineString', 'Polygon'];
    default: return [];
  }
}

/** What has been drawn, as the layer declares it; null while there are too few points. */
export function drawn(kind: Kind, points: readonly LonLat[], declared: string): Geometry | null {
  const positions = points.map((p): Position => [p[0], p[1]]);
  const one = alone(kind, positions);
  if (one === null || !declared.startsWith('Multi')) return one;
  return { type: declared, coordinates: [one.coordinates] } as Geometry;
}

function alone(kind: Kind, p: Position[]): Exclude<Geometry, { type: 'GeometryCollection' }> | null {
  const first = p[0];
  if (first === undefined) return null;
  if (kind === 'Point') return { type: 'Point', coordinates: first };
  if (kind === 'LineString') return p.length < fewest.line ? null : { type: 'LineString', coordinates: p };
  return p.length < fewest.ring ? null : { type: 'Polygon', coordinates: [[...p, first]] };
}

type Line = { readonly path: Path; readonly points: readonly Position[]; readonly ring: boolean; readonly loose: boolean };

/** The rows of positions in a geometry, in their order; rings are closed, loose ones are no lines. */
export function linesOf(g: Geometry): readonly Line[] {
  const at = (points: readonly Position[], path: Path, ring = false, loose = false): Line => ({ path, points, ring, loose });
  switch (g.type) {
    case 'Point': return [at([g.coordinates], [], false, true)];
    case 'MultiPoint': return [at(g.coordinates, [], false, true)];
    case 'LineString': return [at(g.coordinates, [])];
    case 'MultiLineString': return g.coordinates.map((l, i) => at(l, [i]));
    case 'Polygon': return g.coordinates.map((r, i) => at(r, [i], true));
    case 'MultiPolygon': return g.coordinates.flatMap((p, i) => p.map((r, j) => at(r, [i, j], true)));
    case 'GeometryCollection': return g.geometries.flatMap((part, i) => linesOf(part).map((l) => ({ ...l, path: [i, ...l.path] })));
  }
}

export function verticesOf(g: Geometry): Vertex[] {
  if (g.type === 'Point') return [{ path: [], at: lonLat(g.coordinates) }];
  return linesOf(g).flatMap((l) => (l.ring ? l.points.slice(0, -1) : l.points).map((p, i) => ({ path: [...l.path, i], at: lonLat(p) })));
}

/** The middles of edges, each with the path that a vertex put there would have. */
export function middlesOf(g: Geometry): Vertex[] {
  return linesOf(g).filter((l) => !l.loose).flatMap((l) => l.points.slice(1).map((q, i) => {
    const p = l.points[i]!;
    return { path: [...l.path, i + 1], at: [(p[0]! + q[0]!) / 2, (p[1]! + q[1]!) / 2] as const };
  }));
}

export function moved(g: Geometry, path: Path, to: LonLat): Geometry {
  return rewritten(g, path, (points, i, ring) => {
    const next = points.slice();
    next[i] = [...to];
    if (ring && i === 0) next[next.length - 1] = [...to];
    return next;
  });
}

/** The geometry with a vertex more, which has the path then. */
export function inserted(g: Geometry, path: Path, at: LonLat): Geometry {
  return rewritten(g, path, (points, i) => [...points.slice(0, i), [...at], ...points.slice(i)]);
}

/** The geometry without a vertex; null when too few would be left of its part. */
export function without(g: Geometry, path: Path): Geometry | null {
  const line = linesOf(g).find((l) => same(l.path, path.slice(0, -1)));
  if (path.length === 0 || line === undefined) return null;
  const left = line.points.length - (line.ring ? 2 : 1);
  if (left < (line.ring ? fewest.ring : line.loose ? 1 : fewest.line)) return null;
  return rewritten(g, path, (points, i, ring) => {
    const open = ring ? points.slice(0, -1) : points;
    const next = open.filter((_, k) => k !== i);
    return ring ? [...next, next[0]!] : next;
  });
}

/** The geometry moved as a whole, by degrees. */
export function shifted(g: Geometry, east: number, north: number): Geometry {
  const walk = (c: unknown): unknown => {
    if (!Array.isArray(c)) return c;
    return typeof c[0] === 'number' ? [c[0] + east, Number(c[1]) + north] : c.map(walk);
  };
  if (g.type === 'GeometryCollection') return { ...g, geometries: g.geometries.map((part) => shifted(part, east, north)) };
  return { ...g, coordinates: walk(g.coordinates) } as Geometry;
}

export function vertexAt(g: Geometry, path: Path): LonLat | null {
  return verticesOf(g).find((v) => same(v.path, path))?.at ?? null;
}

export function same(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i]);
}

/** Metres of lines and of the edges of areas, square metres of areas without their holes. */
export function measured(g: Geometry): { readonly length: number; readonly area: number } {
  let length = 0, area = 0;
  for (const l of linesOf(g)) {
    if (l.loose) continue;
    const points = l.points.map(lonLat);
    length += lengthOf(points);
    if (l.ring) area += (l.path.at(-1) === 0 ? 1 : -1) * areaOf(points.slice(0, -1));
  }
  return { length, area };
}

/** Degrees as they are stored: to 1e-8, a millimetre. */
export function rounded(at: LonLat): LonLat {
  return [Number(at[0].toFixed(8)), Number(at[1].toFixed(8))];
}

function lonLat(p: Position): LonLat { return [p[0] ?? 0, p[1] ?? 0]; }

/** Gives the row that a path leads to, and the index in it, to change. */
function rewritten(g: Geometry, path: Path, change: (points: Position[], i: number, ring: boolean) => Position[]): Geometry {
  if (g.type === 'GeometryCollection') {
    return { ...g, geometries: g.geometries.map((part, i) => (i === path[0] ? rewritten(part, path.slice(1), change) : part)) };
  }
  if (g.type === 'Point') return { ...g, coordinates: change([g.coordinates], 0, false)[0]! };
  const ring = g.type === 'Polygon' || g.type === 'MultiPolygon';
  const walk = (c: unknown, rest: Path): unknown => {
    const [head, ...tail] = rest;
    if (!Array.isArray(c) || head === undefined) return c;
    if (tail.length === 0) return change(c as Position[], head, ring);
    return c.map((part: unknown, i) => (i === head ? walk(part, tail) : part));
  };
  return { ...g, coordinates: walk(g.coordinates, path) } as Geometry;
}
