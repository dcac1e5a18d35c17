// The map as it is seen, as a picture.

import type { CityMap } from './map.ts';

/**
 * Draws the map, and the map beside it, with at least so many pixels for each of
 * CSS, and copies it; then all is drawn as before. Nobody sees that, because it is
 * done before the browser shows the next frame.
 */
export function copyOf(map: CityMap, pixels: number): HTMLCanvasElement {
  const { beside } = map, wide = Math.max(map.gl.getContainer().clientWidth, 1);
  map.atLeast(pixels);
  map.gl.redraw();
  const from = map.gl.getCanvas(), copy = document.createElement('canvas');
  copy.width = from.width;
  copy.height = from.height;
  const g = copy.getContext('2d'), ratio = from.width / wide;
  g?.drawImage(from, 0, 0);
  if (g && beside) {
    beside.map.atLeast(pixels);
    beside.map.gl.redraw();
    const x = Math.round(beside.from() * ratio), second = beside.map.gl.getCanvas();
    if (x < second.width) g.drawImage(second, x, 0, second.width - x, second.height, x, 0, second.width - x, second.height);
    g.fillStyle = '#ffffff';
    g.fillRect(x - ratio, 0, 2 * ratio, copy.height);
  }
  for (const m of [map, ...(beside ? [beside.map] : [])]) {
    m.atLeast(0);
    m.gl.redraw();
  }
  return copy;
}
