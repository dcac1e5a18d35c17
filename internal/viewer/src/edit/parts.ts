// The parts and holes of a geometry: which there are, and the geometry with one more
// or one less. Nothing is changed in place.

import type { Geometry, Position } from 'geojson';
import type { LonLat } from '../geo/ellipsoid.ts';
import { drawn, linesOf, same, type Kind, type Path } from './shape.ts';

/** A ring, a line or a point of a geometry that has several. */
interface Piece {
  readonly path: Path; // of its row of positions; of a point in a MultiPoint, its own
  readonly kind: 'part' | 'hole';
  readonly part: number; // from 1
  readonly hole: number; // from 1 within its part; 0 for none
}

export function piecesOf(g: Geometry): Piece[] {
  if (g.type === 'MultiPoint') return g.coordinates.map((_, i) => ({ path: [i], kind: 'part', part: i + 1, hole: 0 }));
  let part = 0, hole = 0;
  return linesOf(g).map(({ path, ring }) => {
    hole = ring && path.at(-1)! > 0 ? hole + 1 : 0;
    if (hole === 0) part++;
    return { path, kind: hole > 0 ? 'hole' : 'part', part, hole };
  });
}

/** The piece that a vertex belongs to. */
export function pieceAt(g: Geometry, vertex: Path): Piece | null {
  return piecesOf(g).find((p) => same(p.path, vertex.slice(0, p.path.length)) && vertex.length - p.path.length <= 1) ?? null;
}

/** What kind its parts are of; null for a collection, which has parts of all kinds. */
export function kindOf(g: Geometry): Kind | null {
  if (g.type === 'GeometryCollection') return null;
  return g.type.replace('Multi', '') as Kind;
}

/** Whether a layer of a declared geometry takes several parts of that kind. */
export function takesParts(kind: Kind, declared: string): boolean {
  return declared === `Multi${kind}` || declared === 'Geometry';
}

/** The geometry with a part more; null when the layer takes one only, or too few points are given. */
export function withPart(g: Geometry, points: readonly LonLat[], declared: string): Geometry | null {
  const kind = kindOf(g);
  if (kind === null || !takesParts(kind, declared)) return null;
  const one = drawn(kind, points, kind);
  if (one === null || one.type === 'GeometryCollection' || g.type === 'GeometryCollection') return null;
  const parts: unknown[] = g.type.startsWith('Multi') ? g.coordinates : [g.coordinates];
  return { type: `Multi${kind}`, coordinates: [...parts, one.coordinates] } as Geometry;
}

/** The geometry with a hole in the part around it; null when it lies in none, or in a hole. */
export function withHole(g: Geometry, points: readonly LonLat[]): Geometry | null {
  const [first] = points;
  if (first === undefined || points.length < 3) return null;
  const ring: Position[] = [...points, first].map((p) => [p[0], p[1]]);
  const around = (part: readonly Position[][]): boolean => points.every((p) => part.every((r, i) => inside(r, p) === (i === 0)));
  if (g.type === 'Polygon') return around(g.coordinates) ? { ...g, coordinates: [...g.coordinates, ring] } : null;
  if (g.type !== 'MultiPolygon') return null;
  const at = g.coordinates.findIndex(around);
  return at < 0 ? null : { ...g, coordinates: g.coordinates.map((part, i) => (i === at ? [...part, ring] : part)) };
}

/** The geometry without a hole, or without a part and its holes; null when nothing would be left. */
export function withoutPiece(g: Geometry, piece: Piece): Geometry | null {
  if (piece.kind === 'hole') return cut(g, piece.path);
  if (g.type === 'GeometryCollection' || !g.type.startsWith('Multi') || g.coordinates.length < 2) return null;
  return cut(g, piece.path.slice(0, 1));
}

/** Takes out what a path leads to. */
function cut(g: Geometry, path: Path): Geometry {
  if (g.type === 'GeometryCollection') {
    return { ...g, geometries: g.geometries.map((part, i) => (i === path[0] ? cut(part, path.slice(1)) : part)) };
  }
  const walk = (c: unknown[], [head, ...rest]: Path): unknown[] =>
    (rest.length === 0 ? c.filter((_, i) => i !== head) : c.map((x, i) => (i === head ? walk(x as unknown[], rest) : x)));
  return { ...g, coordinates: walk(g.coordinates, path) } as Geometry;
}

/** Whether a place lies in a ring: a ray to the east crosses it an odd number of times. */
function inside(ring: readonly Position[], at: LonLat): boolean {
  let odd = false;
  for (let i = 1; i < ring.length; i++) {
    const [x, y] = ring[i - 1]!, [u, v] = ring[i]!;
    if ((y! > at[1]) !== (v! > at[1]) && x! + ((at[1] - y!) / (v! - y!)) * (u! - x!) > at[0]) odd = !odd;
  }
  return odd;
}
