// Which of the features under a finger is meant.

interface Candidate {
  readonly layer: string;
  readonly dimension: 0 | 1 | 2;
}

/** Layers that are ground: one clicks through them. */
const ground: ReadonlySet<string> = new Set(['city_outline', 'landuse', 'osm_wards', 'water']);

/**
 * Points before lines before areas; among equals the layer that the legend has
 * first, base map last; among those the topmost.
 */
export function choose<T extends Candidate>(found: readonly T[], legendOrder: readonly string[], base: ReadonlySet<string>): T | null {
  const rank = (c: T): number => {
    const order = legendOrder.indexOf(c.layer);
    return (base.has(c.layer) ? 10_000 : 0) + c.dimension * 1_000 + (order < 0 ? 999 : order);
  };
  let best: T | null = null;
  for (const c of found) {
    if (ground.has(c.layer)) continue;
    if (best === null || rank(c) < rank(best)) best = c;
  }
  return best;
}
