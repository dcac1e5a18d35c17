// VN-2000, the reference system of Vietnamese engineers: EPSG:5897 (TM-3 around
// 105°, Hanoi's) and EPSG:3405 (UTM 48N), from and to WGS 84.
//
// The datum shift is EPSG:6960, a coordinate frame rotation from VN-2000 to
// WGS 84, good to 1 m. Sources that write its rotations for a position vector
// with the signs unchanged are 0.72 m off in Hanoi.

import { a, f, type LonLat } from './ellipsoid.ts';

const radians = Math.PI / 180;
const second = radians / 3600;
const e2 = f * (2 - f);

// EPSG:6960
const shift = { x: -191.90441429, y: -39.30318279, z: -111.45032835 };
const turn = { x: -0.00928836 * second, y: 0.01975479 * second, z: -0.00427372 * second };
const scale = 1 + 0.252906278e-6;

interface Grid {
  readonly meridian: number; // degrees
  readonly k0: number;
}
export const tm3: Grid = { meridian: 105, k0: 0.9999 };
export const utm48: Grid = { meridian: 105, k0: 0.9996 };
const falseEasting = 500_000;

type Vector = readonly [number, number, number];

function toEarth([lon, lat]: LonLat): Vector {
  const s = Math.sin(lat * radians), c = Math.cos(lat * radians), n = a / Math.sqrt(1 - e2 * s * s);
  return [n * c * Math.cos(lon * radians), n * c * Math.sin(lon * radians), n * (1 - e2) * s];
}

function fromEarth([x, y, z]: Vector): LonLat {
  const p = Math.hypot(x, y);
  let lat = Math.atan2(z, p * (1 - e2));
  for (let i = 0; i < 6; i++) { // converges by a factor of e² a step
    const s = Math.sin(lat);
    lat = Math.atan2(z + (e2 * a * s) / Math.sqrt(1 - e2 * s * s), p);
  }
  return [Math.atan2(y, x) / radians, lat / radians];
}

/** WGS 84 to VN-2000 (EPSG:4756), lon lat in degrees. */
export function toVN2000(at: LonLat): LonLat {
  const [X, Y, Z] = toEarth(at);
  const x = (X - shift.x) / scale, y = (Y - shift.y) / scale, z = (Z - shift.z) / scale;
  // the inverse of a small rotation is its transpose; the square of 0.02″ is 1e-14
  return fromEarth([x - turn.z * y + turn.y * z, y + turn.z * x - turn.x * z, z - turn.y * x + turn.x * y]);
}

/** VN-2000 (EPSG:4756) to WGS 84, lon lat in degrees. */
export function fromVN2000(at: LonLat): LonLat {
  const [x, y, z] = toEarth(at);
  return fromEarth([
    shift.x + scale * (x + turn.z * y - turn.y * z),
    shift.y + scale * (y - turn.z * x + turn.x * z),
    shift.z + scale * (z + turn.y * x - turn.x * y),
  ]);
}

// Krüger's series to the fourth power of the third flattening, as in EPSG
// Guidance Note 7-2: less than 1 µm within the zone.
const n = f / (2 - f);
const rectifying = (a / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
const forward = [
  n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3 + (41 / 180) * n ** 4,
  (13 / 48) * n ** 2 - (3 / 5) * n ** 3 + (557 / 1440) * n ** 4,
  (61 / 240) * n ** 3 - (103 / 140) * n ** 4,
  (49561 / 161280) * n ** 4,
];
const backward = [
  n / 2 - (2 / 3) * n ** 2 + (37 / 96) * n ** 3 - (1 / 360) * n ** 4,
  (1 / 48) * n ** 2 + (1 / 15) * n ** 3 - (437 / 1440) * n ** 4,
  (17 / 480) * n ** 3 - (37 / 840) * n ** 4,
  (4397 / 161280) * n ** 4,
];
const e = Math.sqrt(e2);

/** WGS 84 lon lat to easting and northing in metres on a grid of VN-2000. */
export function toGrid(at: LonLat, grid: Grid): [number, number] {
  const [lon, lat] = toVN2000(at);
  const l = (lon - grid.meridian) * radians, s = Math.sin(lat * radians);
  const t = Math.sinh(Math.atanh(s) - e * Math.atanh(e * s));
  const xi0 = Math.atan2(t, Math.cos(l)), eta0 = Math.asinh(Math.sin(l) / Math.hypot(t, Math.cos(l)));
  let xi = xi0, eta = eta0;
  forward.forEach((h, i) => {
    const k = 2 * (i + 1);
    xi += h * Math.sin(k * xi0) * Math.cosh(k * eta0);
    eta += h * Math.cos(k * xi0) * Math.sinh(k * eta0);
  });
  return [falseEasting + grid.k0 * rectifying * eta, grid.k0 * rectifying * xi];
}

/** Easting and northing in metres on a grid of VN-2000 to WGS 84 lon lat. */
export function fromGrid(east: number, north: number, grid: Grid): LonLat {
  const xi = north / (grid.k0 * rectifying), eta = (east - falseEasting) / (grid.k0 * rectifying);
  let xi0 = xi, eta0 = eta;
  backward.forEach((h, i) => {
    const k = 2 * (i + 1);
    xi0 -= h * Math.sin(k * xi) * Math.cosh(k * eta);
    eta0 -= h * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  const conformal = Math.asin(Math.sin(xi0) / Math.cosh(eta0));
  const q = Math.asinh(Math.tan(conformal));
  let s = Math.sin(conformal);
  for (let i = 0; i < 8; i++) s = Math.tanh(q + e * Math.atanh(e * s));
  const lon = grid.meridian + Math.atan2(Math.sinh(eta0), Math.cos(xi0)) / radians;
  return fromVN2000([lon, Math.asin(s) / radians]);
}
