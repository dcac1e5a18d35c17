// What a draft changes, as a list for people and as a change set for the server.

import type { Geometry } from 'geojson';
import type { ChangesetEdit, ChangesetRequest } from '../api/types.ts';
import { inverse, type LonLat } from '../geo/ellipsoid.ts';
import type { Values } from '../core/catalogue.ts';
import { changedProperties, isNew, layerOf, sameValue, type Base, type Draft, type Shape } from './draft.ts';
import { distanceTo } from './snap.ts';
import { measured, verticesOf } from './shape.ts';

export interface Change {
  readonly key: string;
  readonly layer: string;
  readonly kind: 'added' | 'changed' | 'removed';
  readonly base: Base | null; // null for what is new
  readonly now: Shape | null; // null for what is deleted
}

/** What is to be saved: deletions first, so that a code that one gives up is free for another. */
export function changesOf(d: Draft): Change[] {
  const all = Object.entries(d.now).map(([key, now]): Change => ({
    key, layer: layerOf(key), kind: isNew(key) ? 'added' : now === null ? 'removed' : 'changed', base: d.bases[key] ?? null, now,
  }));
  const order = { removed: 0, changed: 1, added: 2 } as const;
  return all.sort((a, b) => order[a.kind] - order[b.kind]);
}

interface PropertyChange { readonly name: string; readonly before: unknown; readonly after: unknown }

export function propertyChanges(before: Values, after: Values): PropertyChange[] {
  return changedProperties(before, after).map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }));
}

interface GeometryChange {
  readonly metres: number; // how far the one lies from the other where they are farthest apart
  readonly vertices: readonly [number, number]; // before and after
  readonly length: readonly [number, number];
  readonly area: readonly [number, number];
}

/** How a geometry moved; null when it is the same. */
export function geometryChange(before: Geometry, after: Geometry): GeometryChange | null {
  if (sameValue(before, after)) return null;
  const was = verticesOf(before).map((v) => v.at), is = verticesOf(after).map((v) => v.at);
  const p = measured(before), q = measured(after);
  return { metres: Math.max(apart(is, was, before), apart(was, is, after)), vertices: [was.length, is.length], length: [p.length, q.length], area: [p.area, q.area] };
}

/** How far the vertices that the other geometry has not lie from it, at most; from a point, metres on the ellipsoid. */
function apart(from: readonly LonLat[], others: readonly LonLat[], to: Geometry): number {
  const known = new Set(others.map(String));
  const [only] = others;
  let most = 0;
  for (const at of from) {
    if (known.has(String(at))) continue;
    most = Math.max(most, to.type === 'Point' && only ? inverse(at, only).metres : toOutline(to, at));
  }
  return most;
}

/** Metres to the lines of a geometry, also from within an area. */
function toOutline(g: Geometry, at: LonLat): number {
  if (g.type === 'Polygon') return distanceTo({ type: 'MultiLineString', coordinates: g.coordinates }, at);
  if (g.type === 'MultiPolygon') return distanceTo({ type: 'MultiLineString', coordinates: g.coordinates.flat() }, at);
  return distanceTo(g, at);
}

/** The change set, as POST /changesets takes it. */
export function changeset(changes: readonly Change[], message: string): ChangesetRequest {
  return { message, edits: changes.map(edit) };
}

function edit(c: Change): ChangesetEdit {
  const at = { layer: c.layer, ...(c.base ? { id: c.base.id, if_match: c.base.etag } : {}) };
  if (c.now === null) return { op: 'delete', ...at };
  const properties = Object.fromEntries(Object.entries(c.now.properties).filter(([, v]) => v !== null && v !== undefined));
  const whole = { type: 'Feature', geometry: c.now.geometry, properties };
  if (c.base === null) return { op: 'create', ...at, feature: whole };
  const changed = propertyChanges(c.base.properties, c.now.properties);
  // A merge patch cannot take members out of an object other than by name.
  if (changed.some((p) => typeof p.after === 'object' && p.after !== null && !Array.isArray(p.after))) return { op: 'update', ...at, feature: whole };
  const patch: Record<string, unknown> = {};
  if (changed.length > 0) patch['properties'] = Object.fromEntries(changed.map((p) => [p.name, p.after]));
  if (!sameValue(c.base.geometry, c.now.geometry)) patch['geometry'] = c.now.geometry;
  return { op: 'patch', ...at, feature: patch };
}
