import test from 'node:test';
import assert from 'node:assert/strict';
import type { Geometry } from 'geojson';
import { nothing, reduce, type Base, type Draft, type DraftAction } from './draft.ts';
import { handlesOf, mostHandles, painted } from './paint.ts';
import { start, type Session } from './session.ts';

const list: Session = { ...start, screen: 'list' };
const world: [number, number, number, number] = [-180, -90, 180, 90];
const line = (...p: number[][]): Geometry => ({ type: 'LineString', coordinates: p });
const base = (id: number, geometry: Geometry): Base => ({ layer: 'roads', id, etag: `"${id}"`, geometry, properties: {} });
const does = (...actions: DraftAction[]): Draft => actions.reduce(reduce, nothing);
const parts = (d: Draft, s: Partial<Session>): string[] => painted(d, { ...list, ...s }, world).map((f) => `${f.properties!['part']} ${f.properties!['kind']} ${f.geometry.type}`);

test('changes are drawn by their kind, with what was before', () => {
  const d = does({ type: 'open', base: base(1, line([0, 0], [1, 0])) }, { type: 'open', base: base(2, line([5, 5], [6, 6])) }, { type: 'open', base: base(3, { type: 'Point', coordinates: [3, 3] }) },
    { type: 'put', key: 'roads/1', shape: { geometry: line([0, 0], [1, 0]), properties: { name: 'a' } } },
    { type: 'remove', key: 'roads/2' },
    { type: 'put', key: 'roads/3', shape: { geometry: { type: 'Point', coordinates: [4, 3] }, properties: {} } },
    { type: 'create', layer: 'roads', shape: { geometry: line([8, 8], [9, 9]), properties: {} } });
  assert.deepEqual(parts(d, {}), [
    'base  LineString', 'feature removed LineString',
    'feature changed LineString', // its shape is as it was
    'base  Point', 'shift  LineString', 'feature changed Point',
    'feature added LineString',
  ]);
  assert.deepEqual(parts(d, { screen: 'key' }), [], 'nothing without a key');
});

test('what is edited has handles, and is drawn once, as it is dragged', () => {
  const d = does({ type: 'open', base: base(1, line([0, 0], [1, 0])) });
  assert.deepEqual(parts(d, { active: 'roads/1', vertex: [1] }), ['feature active LineString', 'middle  Point', 'vertex  Point', 'chosen  Point']);
  const live = painted(d, { ...list, active: 'roads/1', live: line([0, 0], [7, 7]) }, world);
  assert.deepEqual(live.filter((f) => f.properties!['part'] === 'feature').map((f) => f.geometry), [line([0, 0], [7, 7])]);
});

test('what is being drawn goes on to the pointer', () => {
  const s = { screen: 'draw', kind: 'Polygon', sketch: [[0, 0], [1, 0]], pointer: [1, 1], snapped: { at: [1, 1], kind: 'vertex' } } as const;
  assert.deepEqual(parts(nothing, s), ['feature active Polygon', 'vertex  Point', 'vertex  Point', 'snap  Point']);
  assert.deepEqual(parts(nothing, { ...s, pointer: null, snapped: null }), ['feature active LineString', 'vertex  Point', 'vertex  Point']);
});

test('a feature that two have moved is drawn at both places and where it was', () => {
  const at = (x: number): Geometry => ({ type: 'Point', coordinates: [x, 0] });
  const mine = { geometry: at(1), properties: {} }, d = does({ type: 'open', base: base(3, at(0)) }, { type: 'put', key: 'roads/3', shape: mine });
  const conflicts = [{ key: 'roads/3', base: base(3, at(0)), mine, theirs: base(3, at(2)) }];
  assert.deepEqual(parts(d, { screen: 'conflict', conflicts }), ['base  Point', 'shift  LineString', 'feature theirs Point', 'shift  LineString', 'feature mine Point']);
  assert.deepEqual(parts(d, { conflicts }), ['base  Point', 'shift  LineString', 'feature changed Point']);
});

test('what gets another hole is drawn beneath it', () => {
  const d = does({ type: 'open', base: base(1, { type: 'Polygon', coordinates: [[[0, 0], [9, 0], [9, 9], [0, 0]]] }) });
  assert.deepEqual(parts(d, { screen: 'draw', kind: 'Polygon', adding: { key: 'roads/1', as: 'hole' }, sketch: [[5, 1]] }), ['feature active Polygon', 'vertex  Point']);
});

test('no more handles than can be told apart, and only those that are seen', () => {
  const long = line(...Array.from({ length: mostHandles + 1 }, (_, i) => [i / 1000, 0]));
  assert.deepEqual(handlesOf(long, world), { vertices: [], middles: [], many: true });
  const some = handlesOf(long, [0.0006, -1, 0.0104, 1]);
  assert.deepEqual([some.vertices.length, some.middles.length, some.many], [10, 9, false]);
});
