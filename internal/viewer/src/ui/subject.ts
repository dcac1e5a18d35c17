// What the page is about: the selected feature or place, loaded whole.

import type { Geometry } from 'geojson';
import type { Feature } from '../api/types.ts';
import { isPlace, type FeatureRef, type Lang, type Place } from '../core/state.ts';
import { nameOf, type Values } from '../core/catalogue.ts';
import { formatDegrees } from '../core/format.ts';
import { timeQuery, withQuery } from '../core/time.ts';
import { getJSON } from '../api/client.ts';

export interface Subject {
  readonly ref: FeatureRef | Place;
  readonly geometry: Geometry | null;
  readonly values: Values | null; // null for a place
  name(lang: Lang): string;
}

export async function loadSubject(ref: FeatureRef | Place, asOf: string | null, signal: AbortSignal): Promise<Subject> {
  if (isPlace(ref)) {
    return { ref, geometry: { type: 'Point', coordinates: [ref.lon, ref.lat] }, values: null, name: () => formatDegrees(ref.lat, ref.lon) };
  }
  const { body } = await getJSON<Feature>(withQuery(itemPath(ref), timeQuery(null, asOf)), signal);
  const { geometry, properties } = body;
  return { ref, geometry, values: properties, name: (lang) => nameOf(properties, lang) };
}

export function itemPath(ref: FeatureRef): string {
  return `/collections/${encodeURIComponent(ref.layer)}/items/${encodeURIComponent(ref.key)}`;
}
