import test from 'node:test';
import assert from 'node:assert/strict';
import type { Geometry } from 'geojson';
import { drawn, inserted, kindsOf, linesOf, measured, middlesOf, moved, same, shifted, vertexAt, verticesOf, without } from './shape.ts';

const square: Geometry = { type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [1, 2], [2, 2], [1, 1]]] };
const all: Geometry[] = [
  { type: 'Point', coordinates: [1, 2] },
  { type: 'MultiPoint', coordinates: [[1, 2], [3, 4]] },
  { type: 'LineString', coordinates: [[0, 0], [1, 0], [2, 1]] },
  { type: 'MultiLineString', coordinates: [[[0, 0], [1, 0]], [[5, 5], [6, 6], [7, 5]]] },
  square,
  { type: 'MultiPolygon', coordinates: [square.coordinates, [[[9, 9], [10, 9], [10, 10], [9, 9]]]] },
  { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [7, 7] }, { type: 'LineString', coordinates: [[0, 0], [1, 0]] }, square] },
];

test('every vertex is found where its path leads, rings closed', () => {
  for (const g of all) {
    const vertices = verticesOf(g);
    vertices.forEach((v, i) => {
      assert.deepEqual(vertexAt(g, v.path), v.at);
      const next = moved(g, v.path, [77, 7]);
      assert.deepEqual(verticesOf(next).map((w, k) => [k === i, ...w.at]), vertices.map((w, k) => (k === i ? [true, 77, 7] : [false, ...w.at])), g.type);
      for (const l of linesOf(next)) if (l.ring) assert.deepEqual(l.points[0], l.points.at(-1), g.type);
    });
    assert.deepEqual(verticesOf(g), vertices, 'the geometry itself is as it was');
  }
});

test('a vertex put into each edge can be taken out again', () => {
  for (const g of all) {
    for (const m of middlesOf(g)) {
      const more = inserted(g, m.path, m.at);
      assert.equal(verticesOf(more).length, verticesOf(g).length + 1);
      assert.deepEqual(vertexAt(more, m.path), m.at);
      assert.deepEqual(without(more, m.path), g, `${g.type} ${m.path}`);
    }
  }
  assert.equal(middlesOf(square).length, 7);
  assert.equal(middlesOf(all[1]!).length, 0);
});

test('no part loses more vertices than it can spare', () => {
  assert.equal(without({ type: 'Point', coordinates: [1, 2] }, []), null);
  assert.equal(without({ type: 'LineString', coordinates: [[0, 0], [1, 1]] }, [0]), null);
  assert.equal(without(square, [1, 0]), null, 'a hole of three');
  assert.deepEqual(without(square, [0, 0]), { type: 'Polygon', coordinates: [[[4, 0], [4, 4], [0, 4], [4, 0]], square.coordinates[1]] });
  assert.deepEqual(without({ type: 'MultiPoint', coordinates: [[1, 1], [2, 2]] }, [0]), { type: 'MultiPoint', coordinates: [[2, 2]] });
});

test('what is drawn is what the layer declares', () => {
  assert.deepEqual(drawn('Point', [[1, 2]], 'Point'), { type: 'Point', coordinates: [1, 2] });
  assert.equal(drawn('LineString', [[1, 2]], 'LineString'), null);
  assert.equal(drawn('Polygon', [[0, 0], [1, 0]], 'Geometry'), null);
  assert.deepEqual(drawn('Polygon', [[0, 0], [1, 0], [1, 1]], 'MultiPolygon'), { type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] });
  assert.deepEqual(drawn('LineString', [[0, 0], [1, 0]], 'Geometry'), { type: 'LineString', coordinates: [[0, 0], [1, 0]] });
  assert.deepEqual(kindsOf('Geometry').length, 3);
  assert.deepEqual(kindsOf('GeometryCollection'), []);
});

test('the whole is moved, the hole too', () => {
  assert.deepEqual(shifted(square, 1, -1), { type: 'Polygon', coordinates: [[[1, -1], [5, -1], [5, 3], [1, 3], [1, -1]], [[2, 0], [2, 1], [3, 1], [2, 0]]] });
});

test('a hole is no area', () => {
  const { area } = measured({ type: 'Polygon', coordinates: [square.coordinates[0]!] });
  const hole = measured({ type: 'Polygon', coordinates: [square.coordinates[1]!] }).area;
  assert.ok(hole > 5e9 && Math.abs(measured(square).area - (area - hole)) < 1);
  assert.equal(measured({ type: 'Point', coordinates: [0, 0] }).length, 0);
  assert.ok(!same([0], [0, 0]));
});
