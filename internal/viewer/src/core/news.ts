// What /events tells, read with care: it decides what is fetched again.

export interface TileId { readonly z: number; readonly x: number; readonly y: number }
export interface TileRange { readonly z: number; readonly min_x: number; readonly min_y: number; readonly max_x: number; readonly max_y: number }

export interface News {
  readonly version: number;
  readonly features: Readonly<Record<string, readonly number[]>>; // ids by layer
  readonly whole: readonly string[]; // layers to load anew
  readonly tiles: readonly TileId[];
  readonly ranges: readonly TileRange[];
  /** Whether tiles are told at all; if not, all of them may have changed. */
  readonly exact: boolean;
  readonly message: string;
}

export function readNews(text: string): News | null {
  let data: Record<string, unknown>;
  try {
    data = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
  if (typeof data['version'] !== 'number') return null;
  const tiles: TileId[] = [];
  const byZoom = data['tiles'] as Record<string, readonly string[]> | undefined;
  for (const [zoom, list] of Object.entries(byZoom ?? {})) {
    for (const name of list) {
      const [x, y] = name.split('/').map(Number);
      if (x !== undefined && y !== undefined) tiles.push({ z: Number(zoom), x, y });
    }
  }
  const sets = (data['changesets'] ?? []) as readonly { message?: string }[];
  const ranges = (data['tile_ranges'] ?? []) as readonly TileRange[];
  return {
    version: data['version'],
    features: (data['features'] ?? {}) as Record<string, readonly number[]>,
    whole: (data['whole'] ?? []) as readonly string[],
    tiles, ranges,
    exact: byZoom !== undefined || ranges.length > 0,
    message: sets.map((s) => s.message ?? '').filter((m) => m !== '').join('; '),
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
