// The first picture of a map, drawn once rather than after each tile.
//
// MapLibre draws a whole frame whenever something has arrived: seven or eight until
// all is there. Where no graphics processor draws, a frame takes as long as
// everything else that must be done to load, and what the page asks the browser's
// drawing process for meanwhile waits behind it.

import type { Map as GLMap } from 'maplibre-gl';

/** How old the picture of a map that is still loading may get, in milliseconds: who has a slow line sees the tiles come. */
const mostWait = 1000;

/**
 * Until a map is idle for the first time, draws only frames to which nothing is
 * missing, and one a second of the others.
 */
export function drawWhole(map: GLMap): void {
  const { painter } = map, own = painter.render;
  let drawn = performance.now(), timer = 0;
  painter.render = (...frame) => {
    // A placement that is out of date is done again in the next frame.
    const whole = map.loaded() && !map._placementDirty, late = drawn + mostWait - performance.now();
    if (!whole && late > 0) {
      timer ||= window.setTimeout(() => { timer = 0; map.triggerRepaint(); }, late);
      return;
    }
    own.apply(painter, frame);
    drawn = performance.now();
  };
  void map.once('idle', () => {
    clearTimeout(timer);
    painter.render = own;
  });
}
