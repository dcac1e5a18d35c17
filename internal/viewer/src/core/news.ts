// What /events tells, read with care: it decides what is fetched again.

import type { TileRange, VersionEvent } from '../api/types.ts';

export interface TileId { readonly z: number; readonly x: number; readonly y: number }

export interface News {
  readonly version: number;
  readonly features: VersionEvent['features'];
  readonly whole: readonly string[]; // layers to load anew
  readonly tiles: readonly TileId[];
  readonly ranges: readonly TileRange[];
  /** Whether tiles are told at all; if not, all of them may have changed. */
  readonly exact: boolean;
  readonly message: string;
}

export function readNews(text: string): News | null {
  let data: Partial<VersionEvent>; // all that one of an older or newer server may be
  try {
    data = JSON.parse(text) as Partial<VersionEvent>;
  } catch {
    return null;
  }
  if (typeof data.version !== 'number') return null;
  const tiles: TileId[] = [];
  for (const [zoom, list] of Object.entries(data.tiles ?? {})) {
    for (const name of list) {
      const [x, y] = name.split('/').map(Number);
      if (x !== undefined && y !== undefined) tiles.push({ z: Number(zoom), x, y });
    }
  }
  const ranges = data.tile_ranges ?? [];
  return {
    version: data.version,
    features: data.features ?? {},
    whole: data.whole ?? [],
    tiles, ranges,
    exact: data.tiles !== undefined || ranges.length > 0,
    message: (data.changesets ?? []).map((s) => s.message ?? '').filter((m) => m !== '').join('; '),
  };
}

/** Which of the loaded tiles some news makes old; null when that is all of them. */
export function staleTiles(news: News, loaded: readonly TileId[]): readonly TileId[] | null {
  if (!news.exact || news.whole.length > 0) return null;
  const named = new Set(news.tiles.map((t) => `${t.z}/${t.x}/${t.y}`));
  return loaded.filter((t) => named.has(`${t.z}/${t.x}/${t.y}`)
    || news.ranges.some((r) => r.z === t.z && r.min_x <= t.x && t.x <= r.max_x && r.min_y <= t.y && t.y <= r.max_y));
}

/** How many features changed. */
export function countChanged(news: News): number {
  return Object.values(news.features).reduce((n, ids) => n + ids.length, 0);
}
