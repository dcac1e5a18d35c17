// The first picture of a map, drawn once rather than after each tile.
//
// MapLibre draws a whole frame whenever something has arrived: seven or eight until
// all is there. Where no graphics processor draws, a frame takes as long as
// everything else that must be done to load, and what the page asks the browser's
// drawing process for meanwhile waits behind it.

import type { Map as GLMap } from 'maplibre-gl';

/** How long a tile that has come may wait to be drawn, in milliseconds: who has a slow line sees the tiles come. */
const mostWait = 1000;

/**
 * Until a map is idle for the first time, draws only frames to which nothing is
 * missing, and one a second of those before.
 */
export function drawWhole(map: GLMap): void {
  const { painter } = map, own = painter.render;
  let since: number | null = null, timer = 0; // since when a tile has waited
  const arrived = (e: { readonly tile?: unknown }): void => { if (e.tile) since ??= performance.now(); };
  map.on('sourcedata', arrived);
  painter.render = (...frame) => {
    // A placement that is out of date is done again in the next frame.
    const whole = map.loaded() && !map._placementDirty;
    const left = since === null ? mostWait : since + mostWait - performance.now();
    if (whole || left <= 0) {
      own.apply(painter, frame);
      since = null;
    } else if (since !== null) {
      timer ||= window.setTimeout(() => { timer = 0; map.triggerRepaint(); }, left);
    }
  };
  void map.once('idle', () => {
    clearTimeout(timer);
    map.off('sourcedata', arrived);
    painter.render = own;
  });
}
