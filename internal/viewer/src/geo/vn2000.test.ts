import test from 'node:test';
import assert from 'node:assert/strict';
import { fromGrid, fromVN2000, tm3, toGrid, toVN2000, utm48 } from './vn2000.ts';

// made with PROJ 9.1.1
const vectors = [
  { wgs84: [105.8523, 21.0287], tm3: [588394.324, 2326366.399], utm: [588367.803, 2325668.419] },
  { wgs84: [105.525, 20.9902], tm3: [554387.01, 2321957.352], utm: [554370.692, 2321260.695] },
  { wgs84: [105.8042, 21.2187], tm3: [583288.017, 2347376.345], utm: [583263.028, 2346672.062] },
] as const;

function near(got: readonly number[], want: readonly number[], within: number): void {
  want.forEach((w, i) => assert.ok(Math.abs((got[i] ?? NaN) - w) <= within, `${got} is not ${want}`));
}

test('EPSG:5897 and EPSG:3405 agree with PROJ to half a millimetre', () => {
  for (const v of vectors) {
    near(toGrid(v.wgs84, tm3), v.tm3, 0.0006);
    near(toGrid(v.wgs84, utm48), v.utm, 0.0006);
  }
});

test('EPSG:4756 agrees with PROJ', () => near(toVN2000([105.8523, 21.0287]), [105.85041734, 21.029685967], 6e-9));

// The heights that a shift in two dimensions drops come to a millimetre.
test('there and back again', () => {
  for (let lon = 103; lon <= 108; lon += 0.7) {
    for (let lat = 19; lat <= 23; lat += 0.6) {
      near(fromVN2000(toVN2000([lon, lat])), [lon, lat], 1.5e-8);
      for (const grid of [tm3, utm48]) near(fromGrid(...toGrid([lon, lat], grid), grid), [lon, lat], 1.5e-8);
    }
  }
});
