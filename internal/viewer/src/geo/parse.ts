// Coordinates as people type them.

import type { LonLat } from './ellipsoid.ts';
import { fromGrid, tm3, utm48 } from './vn2000.ts';

interface Found {
  readonly at: LonLat;
  readonly crs: 'WGS 84' | 'EPSG:5897' | 'EPSG:3405';
}

/**
 * Reads a pair of degrees in either order (in Vietnam one of them is over 90 or
 * the smaller is the latitude), with hemisphere letters or in degrees, minutes,
 * seconds; or metres of VN-2000, which may be either grid. Nothing when the text
 * is no pair of coordinates.
 */
export function parseCoordinates(text: string): Found[] {
  const dms = parseSexagesimal(text);
  if (dms) return [{ at: dms, crs: 'WGS 84' }];
  const numbers = split(text);
  if (!numbers) return [];
  const [p, q] = numbers;
  if (Math.abs(p) > 10_000 && Math.abs(q) > 10_000) return parseMetres(p, q);
  const [lat, lon] = Math.abs(p) > 90 ? [q, p] : Math.abs(q) > 90 ? [p, q] : p <= q ? [p, q] : [q, p];
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180 || !/[.,]/.test(text)) return [];
  return [{ at: [lon, lat], crs: 'WGS 84' }];
}

/** Splits two numbers: 21.03 105.85, 21,03 105,85, 21.03; 105.85. */
function split(text: string): [number, number] | null {
  const t = text.trim().replace(/[°NEneĐđBb]/g, ' ').trim();
  const m = /^([+-]?\d+(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)$/.exec(t)
    ?? /^([+-]?\d+(?:,\d+)?)\s*[;\s]\s*([+-]?\d+(?:,\d+)?)$/.exec(t);
  if (!m) return null;
  const pair = [m[1], m[2]].map((s) => Number((s ?? '').replace(',', '.')));
  return [pair[0] ?? NaN, pair[1] ?? NaN];
}

/** 21°01'43"N 105°51'8"E, letters of either language (B, Đ). */
function parseSexagesimal(text: string): LonLat | null {
  const one = /([+-]?\d+(?:[.,]\d+)?)\s*°\s*(?:(\d+(?:[.,]\d+)?)\s*['’′]\s*)?(?:(\d+(?:[.,]\d+)?)\s*(?:"|”|″|'')\s*)?([NSEWBĐTnsewbđt])?/g;
  const parts = [...text.matchAll(one)].map((m) => {
    const value = (s: string | undefined): number => Number((s ?? '0').replace(',', '.'));
    const degrees = value(m[1]) + value(m[2]) / 60 + value(m[3]) / 3600;
    const letter = (m[4] ?? '').toUpperCase();
    return { degrees: 'SWT'.includes(letter) && letter !== '' ? -degrees : degrees, letter };
  });
  const [p, q] = parts;
  if (parts.length !== 2 || !p || !q || (!/['’′]/.test(text) && p.letter === '')) return null;
  const swap = 'EWĐT'.includes(p.letter) && p.letter !== '' || Math.abs(p.degrees) > 90;
  const [lat, lon] = swap ? [q.degrees, p.degrees] : [p.degrees, q.degrees];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

/** Metres in either order: northings in Vietnam are over a million, eastings below. */
function parseMetres(p: number, q: number): Found[] {
  const [east, north] = p > q ? [q, p] : [p, q];
  if (east < 100_000 || east > 900_000 || north < 800_000 || north > 2_700_000) return [];
  return [
    { at: fromGrid(east, north, tm3), crs: 'EPSG:5897' },
    { at: fromGrid(east, north, utm48), crs: 'EPSG:3405' },
  ];
}
