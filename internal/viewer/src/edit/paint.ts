// What of a draft and a session is drawn on the map, as features with the parts
// that map/sketch.ts knows.

import type { Feature, Geometry } from 'geojson';
import type { LonLat } from '../geo/ellipsoid.ts';
import type { Box } from '../geo/shape.ts';
import { changesOf } from './changes.ts';
import { current, isNew, sameValue, type Draft } from './draft.ts';
import type { Conflict } from './merge.ts';
import { middlesOf, same, verticesOf, type Vertex } from './shape.ts';
import type { Session } from './session.ts';

/** As many vertices are drawn as a finger can tell apart. */
export const mostHandles = 600;

type Put = (part: string, geometry: Geometry, kind?: string) => void;

export function painted(d: Draft, s: Session, box: Box): Feature[] {
  const all: Feature[] = [];
  const put: Put = (part, geometry, kind = '') => { all.push({ type: 'Feature', properties: { part, kind }, geometry }); };
  if (s.screen === 'key' || s.screen === 'reader') return all; // it may be of layers that are private
  const disputed = s.screen === 'conflict' ? s.conflicts : [];
  for (const c of disputed) putSides(c, put);
  for (const c of changesOf(d)) {
    if (disputed.some((x) => x.key === c.key)) continue;
    const now = c.key === s.active && s.live ? s.live : c.now?.geometry;
    if (c.base && (!now || !sameValue(c.base.geometry, now))) {
      put('base', now ? outline(c.base.geometry) : c.base.geometry);
      if (now?.type === 'Point' && c.base.geometry.type === 'Point') put('shift', { type: 'LineString', coordinates: [c.base.geometry.coordinates, now.coordinates] });
    }
    if (c.key !== s.active && c.key !== s.adding?.key) put('feature', now ?? c.base!.geometry, c.kind);
  }
  const active = activeGeometry(d, s);
  if (active) {
    put('feature', active, 'active');
    const { vertices, middles } = handlesOf(active, box);
    for (const v of middles) put('middle', point(v.at));
    for (const v of vertices) put(s.vertex && same(s.vertex, v.path) ? 'chosen' : 'vertex', point(v.at));
  } else if (s.active && !isNew(s.active) && d.bases[s.active]) {
    put('feature', d.bases[s.active]!.geometry, 'removed');
  }
  const whole = s.adding && current(d, s.adding.key); // which a piece is drawn for
  if (whole) put('feature', whole.geometry, 'active');
  for (const g of sketched(s)) put('feature', g, 'active');
  if (s.screen === 'draw') for (const p of s.sketch) put('vertex', point(p));
  if (s.snapped) put('snap', point(s.snapped.at));
  return all;
}

/** Where a feature was, where it is for me, and where for them. */
function putSides({ base, mine, theirs }: Conflict, put: Put): void {
  put('base', outline(base.geometry));
  for (const [kind, side] of [['theirs', theirs], ['mine', mine]] as const) {
    if (!side) continue;
    if (side.geometry.type === 'Point' && base.geometry.type === 'Point') put('shift', { type: 'LineString', coordinates: [base.geometry.coordinates, side.geometry.coordinates] });
    put('feature', side.geometry, kind);
  }
}

/** The geometry of the feature that is edited, as it is at this moment. */
export function activeGeometry(d: Draft, s: Session): Geometry | null {
  if (s.active === null) return null;
  return s.live ?? current(d, s.active)?.geometry ?? null;
}

/** What can be grabbed of a geometry within a box; nothing when that is too much. */
export function handlesOf(g: Geometry, box: Box): { readonly vertices: readonly Vertex[]; readonly middles: readonly Vertex[]; readonly many: boolean } {
  const within = (v: Vertex): boolean => v.at[0] >= box[0] && v.at[0] <= box[2] && v.at[1] >= box[1] && v.at[1] <= box[3];
  const vertices = verticesOf(g).filter(within);
  if (vertices.length > mostHandles) return { vertices: [], middles: [], many: true };
  return { vertices, middles: middlesOf(g).filter(within), many: false };
}

/** What is drawn so far, the next edge included. */
function sketched(s: Session): Geometry[] {
  const points = s.pointer ? [...s.sketch, s.pointer] : s.sketch;
  if (s.screen !== 'draw' || s.kind === 'Point' || points.length < 2) return [];
  const line: Geometry = { type: 'LineString', coordinates: points.map((p) => [...p]) };
  if (s.kind === 'LineString' || points.length < 3) return [line];
  return [{ type: 'Polygon', coordinates: [[...points, points[0]!].map((p) => [...p])] }];
}

function outline(g: Geometry): Geometry {
  if (g.type === 'Polygon') return { type: 'MultiLineString', coordinates: g.coordinates };
  return g.type === 'MultiPolygon' ? { type: 'MultiLineString', coordinates: g.coordinates.flat() } : g;
}

function point(at: LonLat): Geometry { return { type: 'Point', coordinates: [...at] }; }
