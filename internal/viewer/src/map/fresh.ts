// Tiles that are what was asked for last.
//
// MapLibre fetches a tile again when the address of its source changes, or when it is
// told to. But a tile that is on its way just then, or whose layers change in the same
// moment, is only parsed again from what the old address gave; of two fetches of a
// tile the one that comes last stays, which may be the older; and one that could not
// be had is not asked for again. On a slow line the map showed another day than the
// page said, for as long as one looked at it.

import type { Map as GLMap, VectorTileSource } from 'maplibre-gl';

type Tile = Parameters<VectorTileSource['loadTile']>[0];

/** What is known of a tile: where it was asked for last, how often, and which of these came last. */
interface Asked { address: string; times: number; came: number }

/** Watches over the tiles of a vector source from the moment in which it is there. */
export function keepFresh(map: GLMap, name: string): void {
  const watched = new WeakSet<VectorTileSource>();
  map.on('sourcedataloading', (e) => {
    const source = e.sourceId === name ? map.getSource<VectorTileSource>(name) : undefined;
    if (!source || watched.has(source)) return;
    watched.add(source);
    watch(source);
  });
}

function watch(source: VectorTileSource): void {
  const load = source.loadTile.bind(source), all = new WeakMap<Tile, Asked>();
  source.loadTile = async (tile) => {
    if (tile.actor && tile.state === 'loading') return load(tile); // waits for what is on its way, then comes again
    const address = source.tiles.join(), asked = all.get(tile) ?? { address, times: 0, came: 0 };
    all.set(tile, asked);
    if (tile.actor && asked.address !== address) tile.state = 'expired'; // to parse it again is not enough
    asked.address = address;
    const mine = ++asked.times;
    let result: Awaited<ReturnType<typeof load>>;
    try {
      result = await load(tile);
    } catch (error) {
      Reflect.deleteProperty(tile, 'actor'); // as if it had never been asked for
      throw error;
    }
    if (mine < asked.came && !tile.aborted) { // a newer one was there already
      tile.state = 'expired';
      return source.loadTile(tile);
    }
    asked.came = mine;
    return result;
  };
}
