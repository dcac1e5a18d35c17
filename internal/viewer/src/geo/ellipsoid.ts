// Metres on the WGS 84 ellipsoid.

export const a = 6_378_137; // semi-major axis, m
export const f = 1 / 298.257223563; // flattening
const b = a * (1 - f);
const radians = Math.PI / 180;

export type LonLat = readonly [number, number];

/**
 * The geodesic between two places: metres, and the direction at its start in
 * degrees clockwise from north. Vincenty's inverse formula (Survey Review
 * XXIII, 1975): 0.5 mm, except between places nearly opposite on the globe,
 * where it does not converge and the distance is NaN.
 */
export function inverse(from: LonLat, to: LonLat): { metres: number; bearing: number } {
  const L = (to[0] - from[0]) * radians;
  const u1 = Math.atan((1 - f) * Math.tan(from[1] * radians)), u2 = Math.atan((1 - f) * Math.tan(to[1] * radians));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = L;
  for (let i = 0; i < 100; i++) {
    const sl = Math.sin(lambda), cl = Math.cos(lambda);
    const east = c2 * sl, north = c1 * s2 - s1 * c2 * cl;
    const sinS = Math.hypot(east, north);
    if (sinS === 0) return { metres: 0, bearing: 0 };
    const cosS = s1 * s2 + c1 * c2 * cl, sigma = Math.atan2(sinS, cosS);
    const sinA = (c1 * c2 * sl) / sinS, cos2A = 1 - sinA * sinA;
    const mid = cos2A === 0 ? 0 : cosS - (2 * s1 * s2) / cos2A;
    const C = (f / 16) * cos2A * (4 + f * (4 - 3 * cos2A));
    const next = L + (1 - C) * f * sinA * (sigma + C * sinS * (mid + C * cosS * (2 * mid * mid - 1)));
    if (Math.abs(next - lambda) < 1e-12) {
      const uu = (cos2A * (a * a - b * b)) / (b * b);
      const [A, B] = series(uu);
      const metres = b * A * (sigma - shift(B, sinS, cosS, mid));
      return { metres, bearing: (Math.atan2(east, north) / radians + 360) % 360 };
    }
    lambda = next;
  }
  return { metres: NaN, bearing: NaN };
}

/** Where one comes to from a place in a direction after so many metres (Vincenty). */
export function direct(from: LonLat, bearing: number, metres: number): LonLat {
  const az = bearing * radians, sinAz = Math.sin(az), cosAz = Math.cos(az);
  const tanU = (1 - f) * Math.tan(from[1] * radians), cosU = 1 / Math.sqrt(1 + tanU * tanU), sinU = tanU * cosU;
  const sigma1 = Math.atan2(tanU, cosAz), sinA = cosU * sinAz, cos2A = 1 - sinA * sinA;
  const [A, B] = series((cos2A * (a * a - b * b)) / (b * b));
  let sigma = metres / (b * A);
  for (let i = 0; i < 100; i++) {
    const mid = Math.cos(2 * sigma1 + sigma);
    const next = metres / (b * A) + shift(B, Math.sin(sigma), Math.cos(sigma), mid);
    const done = Math.abs(next - sigma) < 1e-12;
    sigma = next;
    if (done) break;
  }
  const sinS = Math.sin(sigma), cosS = Math.cos(sigma), mid = Math.cos(2 * sigma1 + sigma);
  const x = sinU * sinS - cosU * cosS * cosAz;
  const lat = Math.atan2(sinU * cosS + cosU * sinS * cosAz, (1 - f) * Math.hypot(sinA, x));
  const lambda = Math.atan2(sinS * sinAz, cosU * cosS - sinU * sinS * cosAz);
  const C = (f / 16) * cos2A * (4 + f * (4 - 3 * cos2A));
  const L = lambda - (1 - C) * f * sinA * (sigma + C * sinS * (mid + C * cosS * (2 * mid * mid - 1)));
  return [from[0] + L / radians, lat / radians];
}

function series(uu: number): [number, number] {
  return [
    1 + (uu / 16384) * (4096 + uu * (-768 + uu * (320 - 175 * uu))),
    (uu / 1024) * (256 + uu * (-128 + uu * (74 - 47 * uu))),
  ];
}

function shift(B: number, sinS: number, cosS: number, mid: number): number {
  const m2 = mid * mid;
  return B * sinS * (mid + (B / 4) * (cosS * (2 * m2 - 1) - (B / 6) * mid * (4 * sinS * sinS - 3) * (4 * m2 - 3)));
}

/** The circle of a radius around a place as a closed ring of n corners. */
export function circle(centre: LonLat, metres: number, n = 96): [number, number][] {
  const ring: [number, number][] = [];
  for (let i = 0; i < n; i++) ring.push([...direct(centre, (360 * i) / n, metres)]);
  ring.push(ring[0] ?? [centre[0], centre[1]]);
  return ring;
}

export function lengthOf(line: readonly LonLat[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += inverse(line[i - 1]!, line[i]!).metres;
  return sum;
}

/**
 * The area of a ring in square metres, closed by itself. On the authalic sphere,
 * with edges that are straight in its cylindrical equal-area map: beside the
 * geodesics of the ellipsoid it is 0.01 % off for a polygon of 50 km in Hanoi.
 */
export function areaOf(ring: readonly LonLat[]): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const p = ring[i]!, q = ring[(i + 1) % ring.length]!;
    sum += (q[0] - p[0]) * radians * (qOf(p[1]) + qOf(q[1]));
  }
  return Math.abs((sum * a * a) / 4); // a²/2 of the area function, mean of two ends
}

const e2 = f * (2 - f);
const e = Math.sqrt(e2);

/** Snyder's q (Map Projections, 3-12): the area south of a latitude is a²q/2 a radian. */
function qOf(lat: number): number {
  const s = Math.sin(lat * radians), es = e * s;
  return (1 - e2) * (s / (1 - es * es) + Math.atanh(es) / e);
}
