// The scale bar: a round length that fits.

import type { Lang } from './state.ts';
import { formatDistance } from './format.ts';

const equatorMetres = 40_075_016.686; // of the sphere that Web Mercator is drawn on

/** Metres a pixel at a latitude; MapLibre's world has 512 pixels at zoom 0. */
export function metresPerPixel(lat: number, zoom: number): number {
  return (equatorMetres * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
}

/** The longest of 1, 2, 3 and 5 times a power of ten that is at most so wide. */
export function scaleOf(lat: number, zoom: number, most: number, lang: Lang): { width: number; label: string } {
  const per = metresPerPixel(lat, zoom), longest = per * most;
  const power = 10 ** Math.floor(Math.log10(longest));
  const metres = power * ([5, 3, 2, 1].find((k) => k * power <= longest) ?? 1);
  return { width: metres / per, label: formatDistance(metres, lang) };
}
