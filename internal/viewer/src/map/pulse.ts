// Changed features light up once and fade; for who wants less motion they are marked for as long.

import type { Feature } from 'geojson';
import type { CityMap } from './map.ts';

const milliseconds = 1_800;

export function pulse(map: CityMap, features: readonly Feature[], calm: boolean): void {
  if (features.length === 0) return;
  map.show('pulse', features);
  if (calm) {
    setTimeout(() => map.show('pulse', []), milliseconds);
    return;
  }
  const gl = map.gl;
  const start = performance.now();
  const step = (now: number): void => {
    const part = Math.min((now - start) / milliseconds, 1);
    const strength = 1 - part;
    if (gl.getLayer('twin-pulse-line')) {
      gl.setPaintProperty('twin-pulse-line', 'line-width', 4 + 14 * part);
      gl.setPaintProperty('twin-pulse-dot', 'circle-radius', 10 + 26 * part);
      gl.setPaintProperty('twin-pulse-line', 'line-opacity', 0.7 * strength);
      gl.setPaintProperty('twin-pulse-dot', 'circle-opacity', 0.25 * strength);
      gl.setPaintProperty('twin-pulse-dot', 'circle-stroke-opacity', 0.9 * strength);
    }
    if (part < 1) requestAnimationFrame(step);
    else map.show('pulse', []);
  };
  requestAnimationFrame(step);
}
