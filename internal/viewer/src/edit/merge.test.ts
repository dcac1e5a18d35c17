import test from 'node:test';
import assert from 'node:assert/strict';
import type { Geometry } from 'geojson';
import { decided, resolved, rowsOf, usual, type Conflict } from './merge.ts';

const point = (lon: number): Geometry => ({ type: 'Point', coordinates: [lon, 21] });
const base = { layer: 'stops', id: 1, etag: '"1"', geometry: point(1), properties: { name: 'a', status: 'planned', lanes: 2, note: 'x' } };
const conflict: Conflict = {
  key: 'stops/1', base,
  mine: { geometry: point(2), properties: { name: 'mine', status: 'in_operation', lanes: 2, note: 'x' } },
  theirs: { ...base, etag: '"2"', geometry: point(1), properties: { name: 'theirs', status: 'in_operation', lanes: 4 } },
};

test('only what both changed differently must be chosen', () => {
  assert.deepEqual(rowsOf(conflict).map((r) => [r.name, r.clash, usual(r)]), [
    ['name', true, null], ['', false, 'mine'], ['status', false, 'mine'], ['lanes', false, 'theirs'], ['note', false, 'theirs']]);
  assert.ok(!decided(conflict, {}) && decided(conflict, { name: 'theirs' }));
});

test('each keeps what only they changed', () => {
  assert.deepEqual(resolved(conflict, { name: 'mine' }), { geometry: point(2), properties: { name: 'mine', status: 'in_operation', lanes: 4 } });
  assert.deepEqual(resolved(conflict, { name: 'theirs', '': 'theirs', note: 'mine' }), { geometry: point(1), properties: { name: 'theirs', status: 'in_operation', lanes: 4, note: 'x' } });
});

test('a whole feature is chosen where one side deletes it', () => {
  const iDelete = { ...conflict, mine: null }, theyDelete = { ...conflict, theirs: null };
  for (const c of [iDelete, theyDelete]) assert.ok(rowsOf(c).length === 0 && !decided(c, {}) && decided(c, { '*': 'mine' }));
  assert.equal(resolved(iDelete, { '*': 'mine' }), null);
  assert.equal(resolved(iDelete, { '*': 'theirs' }), conflict.theirs);
  assert.equal(resolved(theyDelete, { '*': 'mine' }), conflict.mine);
  assert.equal(resolved(theyDelete, { '*': 'theirs' }), null);
});
