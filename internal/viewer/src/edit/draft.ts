// What an editor has changed and not yet saved, over all layers, as one plain
// object. Beside it stand the features as the server has them, which a save is
// held against.

import type { Geometry } from 'geojson';
import type { Values } from '../core/catalogue.ts';

/** What of a feature can be changed. */
export interface Shape {
  readonly geometry: Geometry;
  readonly properties: Values;
}

/** A feature as it was read. */
export interface Base extends Shape {
  readonly layer: string;
  readonly id: number;
  readonly etag: string;
}

/** The features that differ from what was read, by key: null for those to delete. */
type Shapes = Readonly<Record<string, Shape | null>>;

export interface Draft {
  readonly bases: Readonly<Record<string, Base>>;
  readonly now: Shapes;
  readonly past: readonly Shapes[]; // the newest last
  readonly future: readonly Shapes[]; // the next first
  readonly made: number; // how many keys of new features were given
  readonly message: string; // why
}

export const nothing: Draft = { bases: {}, now: {}, past: [], future: [], made: 0, message: '' };

export type DraftAction =
  | { type: 'open'; base: Base }
  | { type: 'create'; layer: string; shape: Shape } // its key is nextKey before
  | { type: 'put'; key: string; shape: Shape }
  | { type: 'remove'; key: string }
  | { type: 'discard'; key: string }
  | { type: 'undo' }
  | { type: 'redo' }
  | { type: 'message'; message: string }
  /** The server has another state now: base, null when the feature is gone; shape is what is wanted. */
  | { type: 'rebase'; key: string; base: Base | null; shape: Shape | null }
  | { type: 'load'; draft: Draft }
  | { type: 'clear' };

const mostSteps = 200; // that can be undone

export function keyOf(layer: string, id: number): string { return `${layer}/${id}`; }

/** The key that the next new feature of a layer gets; ids of the server have no plus. */
export function nextKey(d: Draft, layer: string): string { return `${layer}/+${d.made + 1}`; }

export function layerOf(key: string): string { return key.slice(0, key.indexOf('/')); }

export function isNew(key: string): boolean { return key.includes('/+'); }

/** The feature as it is wanted: null when it is to be deleted, or is not known. */
export function current(d: Draft, key: string): Shape | null {
  const now = d.now[key];
  return now === undefined ? (d.bases[key] ?? null) : now;
}

export function reduce(d: Draft, a: DraftAction): Draft {
  switch (a.type) {
    case 'open': {
      const key = keyOf(a.base.layer, a.base.id);
      if (d.now[key] !== undefined) return d; // an edit is held against what it began with
      const known = d.bases[key], bases = { ...d.bases, [key]: a.base };
      if (known === undefined || known.etag === a.base.etag) return { ...d, bases };
      const forget = (all: readonly Shapes[]): Shapes[] => all.map((s) => cut(s, key)); // steps that began with another state
      return { ...d, bases, past: forget(d.past), future: forget(d.future) };
    }
    case 'create': return { ...step(d, { ...d.now, [nextKey(d, a.layer)]: a.shape }), made: d.made + 1 };
    case 'put': {
      const base = d.bases[a.key];
      if (base && sameShape(base, a.shape)) return d.now[a.key] === undefined ? d : step(d, cut(d.now, a.key));
      const now = d.now[a.key];
      return now && sameShape(now, a.shape) ? d : step(d, { ...d.now, [a.key]: a.shape });
    }
    case 'remove': return step(d, isNew(a.key) ? cut(d.now, a.key) : { ...d.now, [a.key]: null });
    case 'discard': return d.now[a.key] === undefined ? d : step(d, cut(d.now, a.key));
    case 'undo': {
      const before = d.past.at(-1);
      return before ? { ...d, now: before, past: d.past.slice(0, -1), future: [d.now, ...d.future] } : d;
    }
    case 'redo': {
      const next = d.future[0];
      return next ? { ...d, now: next, past: [...d.past, d.now], future: d.future.slice(1) } : d;
    }
    case 'message': return { ...d, message: a.message };
    case 'rebase': return rebased(d, a.key, a.base, a.shape);
    case 'load': return a.draft;
    case 'clear': return { ...nothing, made: d.made };
  }
}

function step(d: Draft, now: Shapes): Draft {
  return { ...d, now, past: [...d.past, d.now].slice(-mostSteps), future: [] };
}

/** Steps before it knew another state, so that they cannot be gone back to. */
function rebased(d: Draft, key: string, base: Base | null, shape: Shape | null): Draft {
  const now: Record<string, Shape | null> = cut(d.now, key), bases: Record<string, Base> = cut(d.bases, key);
  let { made } = d;
  if (base) {
    bases[key] = base;
    if (shape === null || !sameShape(base, shape)) now[key] = shape;
  } else if (shape) { // what others have deleted comes again as a new feature
    made++;
    now[`${layerOf(key)}/+${made}`] = shape;
  }
  return { ...d, bases, now, made, past: [], future: [] };
}

function cut<T>(all: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = all;
  return rest;
}

function sameShape(a: Shape, b: Shape): boolean {
  return sameValue(a.geometry, b.geometry) && changedProperties(a.properties, b.properties).length === 0;
}

/** Absent, null and nothing are one; objects are compared by what they hold. */
export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b ?? null));
}

function sorted(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(sorted);
  if (typeof v !== 'object' || v === null) return v;
  return Object.fromEntries(Object.entries(v).sort(([p], [q]) => (p < q ? -1 : 1)).map(([k, x]) => [k, sorted(x)]));
}

/** The names of the properties that differ, in the order in which they come. */
export function changedProperties(a: Values, b: Values): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((n) => !sameValue(a[n], b[n]));
}
