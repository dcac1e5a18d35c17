// What lies near a spot: vertices and edges to snap to. Distances are taken in a
// plane that touches the ellipsoid's sphere at the spot, which over some hundred
// metres is good to a millimetre.

import type { Geometry, Position } from 'geojson';
import type { LonLat } from '../geo/ellipsoid.ts';
import { linesOf, type Vertex } from './shape.ts';

export interface Snapped {
  readonly at: LonLat;
  readonly kind: 'vertex' | 'edge';
}

const metresPerDegree = 111_320; // of latitude, about; this is for what is near

type Plane = (p: Position | LonLat) => readonly [number, number];

function planeAt(at: LonLat): Plane {
  const east = metresPerDegree * Math.cos((at[1] * Math.PI) / 180);
  return (p) => [(p[0]! - at[0]) * east, (p[1]! - at[1]) * metresPerDegree];
}

/** The nearest vertex within so many metres or, when there is none, the nearest place on an edge. */
export function snap(at: LonLat, targets: readonly Geometry[], metres: number): Snapped | null {
  const plane = planeAt(at);
  let vertex: LonLat | null = null, edge: LonLat | null = null;
  let toVertex = metres, toEdge = metres;
  for (const target of targets) {
    for (const line of linesOf(target)) {
      let before: Position | null = null;
      for (const p of line.points) {
        const q = plane(p), d = Math.hypot(...q);
        if (d <= toVertex) { toVertex = d; vertex = [p[0]!, p[1]!]; }
        if (before && !line.loose) {
          const [t, far] = along(plane(before), q);
          if (far <= toEdge) { toEdge = far; edge = [before[0]! + t * (p[0]! - before[0]!), before[1]! + t * (p[1]! - before[1]!)]; }
        }
        before = p;
      }
    }
  }
  if (vertex) return { at: vertex, kind: 'vertex' };
  return edge ? { at: edge, kind: 'edge' } : null;
}

/** The vertex nearest to a spot within so many metres. */
export function nearestVertex(at: LonLat, vertices: readonly Vertex[], metres: number): Vertex | null {
  const plane = planeAt(at);
  let best: Vertex | null = null, least = metres;
  for (const v of vertices) {
    const d = Math.hypot(...plane(v.at));
    if (d <= least) { least = d; best = v; }
  }
  return best;
}

/** Metres from a spot to a geometry; 0 within an area, Infinity from nothing. */
export function distanceTo(g: Geometry, at: LonLat): number {
  const plane = planeAt(at);
  let least = Infinity, inside = false;
  for (const line of linesOf(g)) {
    let before: readonly [number, number] | null = null;
    for (const p of line.points) {
      const q = plane(p);
      least = Math.min(least, before && !line.loose ? along(before, q)[1] : Math.hypot(...q));
      if (line.ring && before && (before[1] > 0) !== (q[1] > 0) && before[0] + (-before[1] / (q[1] - before[1])) * (q[0] - before[0]) > 0) inside = !inside;
      before = q;
    }
  }
  return inside ? 0 : least;
}

/** Where on the segment from p to q the origin is nearest (0 to 1), and how far that is. */
function along(p: readonly [number, number], q: readonly [number, number]): [number, number] {
  const dx = q[0] - p[0], dy = q[1] - p[1], square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : Math.min(Math.max(-(p[0] * dx + p[1] * dy) / square, 0), 1);
  return [t, Math.hypot(p[0] + t * dx, p[1] + t * dy)];
}
