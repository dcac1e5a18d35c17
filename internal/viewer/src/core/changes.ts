// How two states of a feature differ.

import type { Feature } from '../api/types.ts';

type State = Pick<Feature, 'properties' | 'geometry'>;

/** The names of the properties that differ, and '' when the geometry does. */
export function changedNames(before: State, after: State): string[] {
  const p = before.properties, q = after.properties;
  const names = [...new Set([...Object.keys(p), ...Object.keys(q)])].filter((n) => JSON.stringify(p[n]) !== JSON.stringify(q[n]));
  if (JSON.stringify(before.geometry) !== JSON.stringify(after.geometry)) names.push('');
  return names;
}
