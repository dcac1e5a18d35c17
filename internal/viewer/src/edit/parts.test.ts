import test from 'node:test';
import assert from 'node:assert/strict';
import type { Geometry } from 'geojson';
import { kindOf, pieceAt, piecesOf, takesParts, withHole, withoutPiece, withPart } from './parts.ts';
import { verticesOf } from './shape.ts';

const shell = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]], hole = [[1, 1], [1, 2], [2, 2], [1, 1]], far = [[20, 0], [29, 0], [29, 9], [20, 0]];
const park: Geometry = { type: 'Polygon', coordinates: [shell, hole] };
const parks: Geometry = { type: 'MultiPolygon', coordinates: [[shell, hole], [far]] };
const lines: Geometry = { type: 'MultiLineString', coordinates: [[[0, 0], [1, 0]], [[5, 5], [6, 6]]] };
const mixed: Geometry = { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [7, 7] }, park] };

test('every vertex belongs to the piece that it stands in', () => {
  assert.deepEqual(piecesOf(parks), [
    { path: [0, 0], kind: 'part', part: 1, hole: 0 }, { path: [0, 1], kind: 'hole', part: 1, hole: 1 }, { path: [1, 0], kind: 'part', part: 2, hole: 0 }]);
  assert.deepEqual(piecesOf({ type: 'MultiPoint', coordinates: [[1, 2], [3, 4]] }).map((p) => p.part), [1, 2]);
  for (const g of [park, parks, lines, mixed]) {
    const found = verticesOf(g).map((v) => pieceAt(g, v.path));
    assert.deepEqual([...new Set(found.map((p) => JSON.stringify(p)))], piecesOf(g).map((p) => JSON.stringify(p)), g.type);
  }
  assert.equal(pieceAt({ type: 'LineString', coordinates: [[0, 0], [1, 1]] }, [1])?.part, 1);
});

test('a hole goes into the part around it, and into no other hole', () => {
  const ring = [[21, 0.5], [28, 0.5], [28, 8]] as const;
  assert.deepEqual(withHole(parks, ring), { type: 'MultiPolygon', coordinates: [[shell, hole], [far, [[21, 0.5], [28, 0.5], [28, 8], [21, 0.5]]]] });
  assert.deepEqual(withHole(park, [[5, 5], [6, 5], [6, 6]]), { type: 'Polygon', coordinates: [shell, hole, [[5, 5], [6, 5], [6, 6], [5, 5]]] });
  assert.equal(withHole(park, [[5, 5], [6, 5], [12, 6]]), null, 'beyond the edge');
  assert.equal(withHole(park, [[1.2, 1.5], [1.2, 1.6], [1.3, 1.6]]), null, 'in a hole');
  assert.equal(withHole(park, [[5, 5], [6, 5]]), null, 'too few');
  assert.equal(withHole(lines, ring), null);
});

test('a part goes where the layer takes several', () => {
  const ring = [[40, 0], [41, 0], [41, 1]] as const, closed = [[40, 0], [41, 0], [41, 1], [40, 0]];
  assert.deepEqual(withPart(park, ring, 'MultiPolygon'), { type: 'MultiPolygon', coordinates: [[shell, hole], [closed]] });
  assert.deepEqual(withPart(parks, ring, 'Geometry'), { type: 'MultiPolygon', coordinates: [[shell, hole], [far], [closed]] });
  assert.deepEqual(withPart({ type: 'Point', coordinates: [1, 2] }, [[3, 4]], 'MultiPoint'), { type: 'MultiPoint', coordinates: [[1, 2], [3, 4]] });
  assert.deepEqual(withPart(lines, [[8, 8], [9, 9]], 'MultiLineString'), { type: 'MultiLineString', coordinates: [[[0, 0], [1, 0]], [[5, 5], [6, 6]], [[8, 8], [9, 9]]] });
  assert.equal(withPart(park, ring, 'Polygon'), null);
  assert.equal(withPart(mixed, ring, 'Geometry'), null);
  assert.deepEqual([takesParts('Polygon', 'Geometry'), takesParts('Polygon', 'Polygon'), takesParts('Polygon', 'MultiLineString')], [true, false, false]);
  assert.equal(kindOf(parks), 'Polygon');
});

test('a hole, or a part with its holes, can be taken out; the last part cannot', () => {
  const [first, inner, second] = piecesOf(parks);
  assert.deepEqual(withoutPiece(parks, inner!), { type: 'MultiPolygon', coordinates: [[shell], [far]] });
  assert.deepEqual(withoutPiece(parks, first!), { type: 'MultiPolygon', coordinates: [[far]] });
  assert.deepEqual(withoutPiece(parks, second!), { type: 'MultiPolygon', coordinates: [[shell, hole]] });
  assert.deepEqual(withoutPiece(lines, piecesOf(lines)[0]!), { type: 'MultiLineString', coordinates: [[[5, 5], [6, 6]]] });
  assert.deepEqual(withoutPiece(mixed, piecesOf(mixed)[2]!), { type: 'GeometryCollection', geometries: [mixed.geometries[0], { type: 'Polygon', coordinates: [shell] }] });
  assert.equal(withoutPiece(park, piecesOf(park)[0]!), null);
  assert.deepEqual(verticesOf(parks).length, 10, 'the geometry itself is as it was');
});
