import test from 'node:test';
import assert from 'node:assert/strict';
import type { Geometry } from 'geojson';
import { inverse, type LonLat } from '../geo/ellipsoid.ts';
import { distanceTo, nearestVertex, snap } from './snap.ts';
import { verticesOf } from './shape.ts';

const road: Geometry = { type: 'LineString', coordinates: [[105.85, 21.03], [105.86, 21.03], [105.86, 21.04]] };

test('a vertex is taken before an edge that is nearer', () => {
  const at: LonLat = [105.85993, 21.03001]; // 1 m from the edge, 7 m from the vertex
  assert.deepEqual(snap(at, [road], 10), { at: [105.86, 21.03], kind: 'vertex' });
  const s = snap(at, [road], 5);
  assert.equal(s?.kind, 'edge');
  assert.ok(Math.abs(s!.at[0] - at[0]) < 1e-9 && s!.at[1] === 21.03);
});

test('nothing is within reach', () => {
  assert.equal(snap([105.855, 21.0302], [road], 10), null);
  assert.equal(snap([105.855, 21.03], [], 10), null);
  assert.equal(nearestVertex([105.855, 21.03], verticesOf(road), 10), null);
});

test('the ends of an edge bound it, points have no edges, areas are closed', () => {
  assert.equal(snap([105.8499, 21.03], [road], 5), null, 'beyond the end');
  const points: Geometry = { type: 'MultiPoint', coordinates: [[105.85, 21.03], [105.86, 21.03]] };
  assert.equal(snap([105.855, 21.03], [points], 10), null);
  const area: Geometry = { type: 'Polygon', coordinates: [[[105.85, 21.03], [105.86, 21.03], [105.86, 21.04], [105.85, 21.03]]] };
  assert.equal(snap([105.85501, 21.035], [area], 10)?.kind, 'edge');
});

test('distances are those on the ellipsoid, near enough', () => {
  const point: Geometry = { type: 'Point', coordinates: [105.85, 21.03] };
  for (const at of [[105.8503, 21.0302], [105.8499, 21.0295]] as LonLat[]) {
    const { metres } = inverse(at, [105.85, 21.03]);
    assert.ok(Math.abs(distanceTo(point, at) - metres) < metres * 0.01, `${distanceTo(point, at)} and ${metres}`);
  }
});

test('an area is at no distance from what lies in it, its hole aside', () => {
  const g: Geometry = { type: 'Polygon', coordinates: [[[0, 0], [0.004, 0], [0.004, 0.004], [0, 0.004], [0, 0]], [[0.001, 0.001], [0.003, 0.001], [0.003, 0.003], [0.001, 0.003], [0.001, 0.001]]] };
  assert.equal(distanceTo(g, [0.0005, 0.0005]), 0);
  assert.ok(Math.abs(distanceTo(g, [0.002, 0.002]) - 111.32) < 0.1);
  assert.ok(distanceTo(g, [0.005, 0.002]) > 100);
});
