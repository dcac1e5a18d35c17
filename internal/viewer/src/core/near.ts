// The question "what is near" and its answer.

import { type Question, isPlace } from './state.ts';

/** How many are asked for: more is no list that a person reads. */
export const mostHits = 500;

/** The path of the question at the server. */
export function nearPath(q: Question, layers: readonly string[], date: string | null, asOf: string | null): string {
  const parameters = new URLSearchParams();
  let path = '/nearby';
  if (isPlace(q.from)) {
    parameters.set('lon', String(q.from.lon));
    parameters.set('lat', String(q.from.lat));
  } else {
    path = `/collections/${encodeURIComponent(q.from.layer)}/items/${encodeURIComponent(q.from.key)}/nearby`;
  }
  parameters.set('radius', String(q.radius));
  parameters.set('k', String(mostHits));
  if (date !== null) parameters.set('datetime', date);
  if (asOf !== null) parameters.set('as_of', asOf);
  if (layers.length > 0) parameters.set('layers', layers.join(','));
  return `${path}?${parameters}`;
}

/** The key under which a hit's feature is asked for. */
export function keyOf(h: { readonly id: number; readonly code?: string }): string {
  return h.code ?? String(h.id);
}
