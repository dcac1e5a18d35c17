// Two have changed one feature: what each has done, and what shall be.

import type { Geometry } from 'geojson';
import { sameValue, type Base, type Shape } from './draft.ts';

export type Side = 'mine' | 'theirs';

/** One feature that somebody else has changed since it was read. */
export interface Conflict {
  readonly key: string;
  readonly base: Base; // what both began with
  readonly mine: Shape | null; // null: I delete it
  readonly theirs: Base | null; // null: they have deleted it
}

/** What one of both, or both, have changed; the geometry has the name ''. */
export interface Row {
  readonly name: string;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
  /** Whether both have changed it, each to something else: a person must choose. */
  readonly clash: boolean;
}

/** Row by row, clashes first. Whole features, one of which is deleted, have no rows. */
export function rowsOf(c: Conflict): Row[] {
  const { base, mine, theirs } = c;
  if (mine === null || theirs === null) return [];
  const names = new Set([...Object.keys(base.properties), ...Object.keys(mine.properties), ...Object.keys(theirs.properties)]);
  const rows = [...names].map((n) => row(n, base.properties[n], mine.properties[n], theirs.properties[n]));
  rows.unshift(row('', base.geometry, mine.geometry, theirs.geometry));
  return rows.filter((r) => !sameValue(r.mine, r.base) || !sameValue(r.theirs, r.base)).sort((a, b) => Number(b.clash) - Number(a.clash));
}

function row(name: string, base: unknown, mine: unknown, theirs: unknown): Row {
  const clash = !sameValue(mine, base) && !sameValue(theirs, base) && !sameValue(mine, theirs);
  return { name, base: base ?? null, mine: mine ?? null, theirs: theirs ?? null, clash };
}

/** What is meant where nothing is chosen: the side that changed it; null in a clash. */
export function usual(r: Row): Side | null {
  if (r.clash) return null;
  return sameValue(r.mine, r.base) ? 'theirs' : 'mine';
}

/** Whether every clash has a choice; '*' chooses for a whole feature. */
export function decided(c: Conflict, choices: Readonly<Record<string, Side>>): boolean {
  if (c.mine === null || c.theirs === null) return choices['*'] !== undefined;
  return rowsOf(c).every((r) => !r.clash || choices[r.name] !== undefined);
}

/** The feature as it shall be: null to delete it, or to leave it deleted. */
export function resolved(c: Conflict, choices: Readonly<Record<string, Side>>): Shape | null {
  if (c.mine === null || c.theirs === null) return choices['*'] === 'mine' ? c.mine : c.theirs;
  const properties: Record<string, unknown> = { ...c.theirs.properties };
  let geometry: Geometry = c.theirs.geometry;
  for (const r of rowsOf(c)) {
    if ((choices[r.name] ?? usual(r) ?? 'theirs') === 'theirs') continue;
    if (r.name === '') geometry = c.mine.geometry;
    else properties[r.name] = r.mine;
  }
  return { geometry, properties };
}
