// What an editor can do, whatever it is asked by: pointer, key or button.

import type { LonLat } from '../../geo/ellipsoid.ts';
import { boxOf } from '../../geo/shape.ts';
import { isAbort, Problem } from '../../api/client.ts';
import { readBase } from '../../api/write.ts';
import { current, keyOf, layerOf, nextKey, type Shape } from '../../edit/draft.ts';
import { activeGeometry } from '../../edit/paint.ts';
import { definitionOf, fresh, type Adding, type Session } from '../../edit/session.ts';
import { drawn, inserted, moved, rounded, shifted, vertexAt, verticesOf, without, same, type Kind, type Path } from '../../edit/shape.ts';
import { kindOf, pieceAt, withHole, withoutPiece, withPart } from '../../edit/parts.ts';
import { forgiven } from '../../edit/mistakes.ts';
import type { Desk } from './desk.ts';

const fewest = { Point: 1, LineString: 2, Polygon: 3 } as const;

export function show(d: Desk, screen: Session['screen'], more: Partial<Session> = {}): void {
  d.session.send({ ...fresh, screen, ...more });
}

/** Opens a feature of the draft, or one of the city, which is read with all its digits. */
export async function openFeature(d: Desk, layer: string, feature: string, come = false): Promise<void> {
  const known = `${layer}/${feature}`;
  if (d.draft.get().now[known] === undefined) {
    d.session.send({ busy: true });
    try {
      const base = await readBase(d.key(), layer, feature);
      if (base === null) {
        d.c.say(d.t().loadFailed, 'error');
        return;
      }
      d.draft.send({ type: 'open', base });
      activate(d, keyOf(layer, base.id), come);
    } catch (error) {
      if (isAbort(error)) return;
      d.c.say(`${d.t().loadFailed}${error instanceof Problem && error.detail ? `: ${error.detail}` : ''}`, 'error');
    } finally {
      d.session.send({ busy: false });
    }
    return;
  }
  activate(d, known, come);
}

export function activate(d: Desk, key: string, come = false): void {
  show(d, 'feature', { active: key });
  const shape = current(d.draft.get(), key) ?? d.draft.get().bases[key];
  if (come && shape) d.c.map.fit(boxOf(shape.geometry), d.c.padding(), Math.max(16, d.c.map.gl.getZoom()), d.c.calm());
}

export function beginSketch(d: Desk, layer: string, kind: Kind): void {
  show(d, 'draw', { layer, kind });
  d.c.map.gl.getCanvas().focus({ preventScroll: true });
}

/** Draws a hole or a part more of a feature. */
export function beginPiece(d: Desk, key: string, as: 'hole' | 'part'): void {
  const g = current(d.draft.get(), key)?.geometry, kind = g ? kindOf(g) : null;
  if (kind === null) return;
  show(d, 'draw', { layer: layerOf(key), kind, adding: { key, as } });
  d.c.map.gl.getCanvas().focus({ preventScroll: true });
}

/** Leaves what is drawn for where it was begun. */
export function leaveSketch(d: Desk): void {
  const { adding } = d.session.get();
  if (adding) activate(d, adding.key);
  else show(d, 'list');
}

/** Takes out the hole, or the part, that the chosen vertex belongs to. */
export function removePiece(d: Desk): void {
  const s = d.session.get(), g = activeGeometry(d.draft.get(), s), piece = g && s.vertex && pieceAt(g, s.vertex);
  const next = g && piece && withoutPiece(g, piece);
  if (!next) return;
  change(d, () => ({ geometry: next }));
  d.session.send({ vertex: null });
}

/** Adds a vertex to what is drawn; a point is finished with it. */
export function addVertex(d: Desk, at: LonLat): void {
  const s = d.session.get();
  d.session.send({ sketch: [...s.sketch, rounded(at)], trouble: '' });
  if (s.kind === 'Point') finishSketch(d);
}

export function dropVertex(d: Desk): void {
  d.session.send({ sketch: d.session.get().sketch.slice(0, -1) });
}

/** Makes a feature of what is drawn. */
export function finishSketch(d: Desk): void {
  const s = d.session.get(), definition = definitionOf(s, s.layer);
  if (s.adding) { finishPiece(d, s.adding, definition?.geometry ?? ''); return; }
  const geometry = definition && drawn(s.kind, s.sketch, definition.geometry);
  if (!geometry) {
    d.session.send({ trouble: `${d.t().tooFew}: ${fewest[s.kind]}` });
    return;
  }
  const key = nextKey(d.draft.get(), s.layer);
  d.draft.send({ type: 'create', layer: s.layer, shape: { geometry, properties: {} } });
  activate(d, key);
}

function finishPiece(d: Desk, { key, as }: Adding, declared: string): void {
  const s = d.session.get(), shape = current(d.draft.get(), key);
  if (!shape) { show(d, 'list'); return; } // it was undone meanwhile
  const next = as === 'hole' ? withHole(shape.geometry, s.sketch) : withPart(shape.geometry, s.sketch, declared);
  if (!next) {
    const few = s.sketch.length < fewest[s.kind];
    d.session.send({ trouble: few ? `${d.t().tooFew}: ${fewest[s.kind]}` : d.t().holeOutside });
    return;
  }
  activate(d, key);
  change(d, () => ({ geometry: next }));
}

/** Changes the feature that is edited. */
export function change(d: Desk, to: (shape: Shape) => Partial<Shape>): void {
  const { active } = d.session.get();
  const shape = active === null ? null : current(d.draft.get(), active);
  if (active === null || shape === null) return;
  const next = to(shape);
  d.draft.send({ type: 'put', key: active, shape: { geometry: next.geometry ?? shape.geometry, properties: next.properties ?? shape.properties } });
  if (next.geometry) d.session.send({ mistakes: forgiven(d.session.get().mistakes, active, '') });
}

/** Moves the chosen vertex there, or the whole shape with it. */
export function moveVertex(d: Desk, to: LonLat): void {
  const s = d.session.get(), g = activeGeometry(d.draft.get(), s);
  const path = s.vertex ?? (g?.type === 'Point' ? [] : null);
  if (!g || path === null) return;
  const from = vertexAt(g, path);
  if (!from) return;
  const at = rounded(to);
  change(d, () => ({ geometry: s.whole ? shifted(g, at[0] - from[0], at[1] - from[1]) : moved(g, path, at) }));
}

export function insertVertex(d: Desk, path: Path, at: LonLat): void {
  const g = activeGeometry(d.draft.get(), d.session.get());
  if (!g) return;
  change(d, () => ({ geometry: inserted(g, path, rounded(at)) }));
  d.session.send({ vertex: path });
}

export function removeVertex(d: Desk): void {
  const s = d.session.get(), g = activeGeometry(d.draft.get(), s);
  if (!g || s.vertex === null) return;
  const next = without(g, s.vertex);
  if (next === null) {
    d.c.say(`${d.t().tooFew}: ${g.type.endsWith('Polygon') ? 3 : g.type.endsWith('LineString') ? 2 : 1}`);
    return;
  }
  change(d, () => ({ geometry: next }));
  d.session.send({ vertex: null });
}

/** Chooses the vertex so many further on, and brings it to the centre. */
export function stepVertex(d: Desk, by: number): void {
  const s = d.session.get(), g = activeGeometry(d.draft.get(), s);
  const all = g ? verticesOf(g) : [];
  if (all.length === 0) return;
  const i = s.vertex === null ? -1 : all.findIndex((v) => same(v.path, s.vertex!));
  const next = all[i < 0 ? (by > 0 ? 0 : all.length - 1) : (i + by + all.length) % all.length]!;
  d.session.send({ vertex: next.path });
  d.c.map.gl.easeTo({ center: [...next.at], zoom: Math.max(d.c.map.gl.getZoom(), 15), animate: !d.c.calm(), duration: 300 });
}

export function remove(d: Desk, key: string): void {
  d.draft.send({ type: 'remove', key });
  d.session.send({ mistakes: forgiven(d.session.get().mistakes, key) });
  show(d, 'list');
}

export function centre(d: Desk): LonLat {
  const { lng, lat } = d.c.map.gl.getCenter();
  return [lng, lat];
}
