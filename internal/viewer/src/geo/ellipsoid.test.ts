import test from 'node:test';
import assert from 'node:assert/strict';
import { areaOf, circle, direct, inverse, lengthOf } from './ellipsoid.ts';

test('known distances', () => {
  // a degree of the equator, and the quarter of a meridian
  assert.ok(Math.abs(inverse([0, 0], [1, 0]).metres - 111_319.4908) < 1e-3);
  assert.ok(Math.abs(inverse([0, 0], [0, 90]).metres - 10_001_965.7293) < 1e-3);
  assert.deepEqual(inverse([105, 21], [105, 21]), { metres: 0, bearing: 0 });
  assert.ok(Number.isNaN(inverse([0, 0], [179.9, 0.1]).metres));
});

test('bearings are clockwise from north', () => {
  for (const [to, bearing] of [[[105, 22], 0], [[105, 20], 180]] as const) assert.equal(Math.round(inverse([105, 21], to).bearing), bearing);
  assert.equal(Math.round(inverse([105, 0], [106, 0]).bearing), 90);
  assert.equal(Math.round(inverse([105, 0], [104, 0]).bearing), 270);
});

test('direct undoes inverse', () => {
  for (const metres of [1, 500, 50_000]) {
    for (let bearing = 0; bearing < 360; bearing += 30) {
      const back = inverse([105.85, 21.03], direct([105.85, 21.03], bearing, metres));
      assert.ok(Math.abs(back.metres - metres) < 1e-4 * Math.max(1, metres / 1e4), `${metres} ${bearing} ${back.metres}`);
      const turn = Math.abs(back.bearing - bearing);
      assert.ok(Math.min(turn, 360 - turn) < 0.01);
    }
  }
});

test('a circle is closed and round', () => {
  const ring = circle([105.85, 21.03], 3000, 32);
  assert.equal(ring.length, 33);
  assert.deepEqual(ring[0], ring[32]);
  for (const p of ring) assert.ok(Math.abs(inverse([105.85, 21.03], p).metres - 3000) < 1e-3);
  assert.ok(Math.abs(areaOf(circle([105.85, 21.03], 3000, 720)) / (Math.PI * 9e6) - 1) < 1e-4);
});

test('known areas', () => {
  // a degree by a degree at the equator, between parallels
  const cell = areaOf([[0, 0], [1, 0], [1, 1], [0, 1]]);
  assert.ok(Math.abs(cell / 12_308_463_846 - 1) < 1e-8, String(cell));
  assert.ok(Math.abs(cell / 12_308_778_361.469 - 1) < 3e-5); // with geodesics as edges
  assert.equal(areaOf([]), 0);
  assert.ok(Math.abs(areaOf([[105, 21], [105.01, 21], [105.01, 21.01]]) - areaOf([[105, 21], [105.01, 21.01], [105.01, 21]])) < 1e-3);
});

test('length of a line', () => assert.ok(Math.abs(lengthOf([[0, 0], [1, 0], [2, 0]]) - 222_638.9816) < 1e-3));
