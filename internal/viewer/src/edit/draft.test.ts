import test from 'node:test';
import assert from 'node:assert/strict';
import type { Geometry } from 'geojson';
import { current, nextKey, nothing, reduce, sameValue, type Base, type Draft, type DraftAction, type Shape } from './draft.ts';
import { changeset, changesOf, geometryChange, propertyChanges } from './changes.ts';
import { readDraft, writeDraft } from './kept.ts';

const point = (lon: number, lat = 21): Geometry => ({ type: 'Point', coordinates: [lon, lat] });
const base = (id: number, properties: Record<string, unknown>, etag = `"${id}"`): Base => ({ layer: 'stops', id, etag, geometry: point(105), properties });
const does = (d: Draft, ...actions: DraftAction[]): Draft => actions.reduce(reduce, d);
const shape = (properties: Record<string, unknown>, lon = 105): Shape => ({ geometry: point(lon), properties });

test('what is put back as it was is no change', () => {
  const d = does(nothing, { type: 'open', base: base(1, { name: 'a', lanes: null }) }, { type: 'put', key: 'stops/1', shape: shape({ name: 'b' }) });
  assert.equal(changesOf(d).length, 1);
  assert.deepEqual(changesOf(does(d, { type: 'put', key: 'stops/1', shape: shape({ name: 'a' }) })), []);
});

test('undo and redo walk through everything', () => {
  let d = does(nothing, { type: 'open', base: base(1, { name: 'a' }) });
  const key = nextKey(d, 'stops');
  const steps: DraftAction[] = [
    { type: 'create', layer: 'stops', shape: shape({ code: 'N' }) },
    { type: 'put', key, shape: shape({ code: 'M' }) },
    { type: 'put', key: 'stops/1', shape: shape({ name: 'b' }) },
    { type: 'remove', key: 'stops/1' },
    { type: 'remove', key },
    { type: 'discard', key: 'stops/1' },
  ];
  const seen = [d.now];
  for (const a of steps) { d = reduce(d, a); seen.push(d.now); }
  assert.equal(new Set(seen.map((s) => JSON.stringify(s))).size, 6, 'the last is as the first');
  for (const now of seen.slice(0, -1).reverse()) { d = reduce(d, { type: 'undo' }); assert.deepEqual(d.now, now); }
  assert.equal(reduce(d, { type: 'undo' }), d);
  for (const now of seen.slice(1)) { d = reduce(d, { type: 'redo' }); assert.deepEqual(d.now, now); }
  assert.equal(reduce(d, { type: 'redo' }), d);
  assert.deepEqual(reduce(does(d, { type: 'undo' }), { type: 'remove', key: 'stops/1' }).future, []);
});

test('an edit is held against what it began with; steps that began with another state are forgotten', () => {
  let d = does(nothing, { type: 'open', base: base(1, { name: 'a' }) }, { type: 'put', key: 'stops/1', shape: shape({ name: 'b' }) });
  assert.equal(does(d, { type: 'open', base: base(1, { name: 'z' }, '"9"') }).bases['stops/1']?.etag, '"1"');
  d = does(d, { type: 'discard', key: 'stops/1' }, { type: 'open', base: base(1, { name: 'z' }, '"9"') }, { type: 'undo' });
  assert.deepEqual(current(d, 'stops/1')?.properties, { name: 'z' });
  assert.deepEqual(changesOf(d), []);
});

test('a change set deletes first and sends what differs', () => {
  const d = does(nothing,
    { type: 'create', layer: 'stops', shape: shape({ code: 'A', name: null }) },
    { type: 'open', base: base(1, { code: 'A' }) }, { type: 'open', base: base(2, { name: 'a', lanes: 4, facts: { p: 1, q: 2 } }) }, { type: 'open', base: base(3, { name: 'c' }) },
    { type: 'put', key: 'stops/3', shape: { geometry: point(106), properties: { name: 'c' } } },
    { type: 'put', key: 'stops/2', shape: shape({ name: 'b', facts: { q: 2, p: 1 } }) },
    { type: 'remove', key: 'stops/1' });
  assert.deepEqual(changeset(changesOf(d), 'vì sao'), { message: 'vì sao', edits: [
    { op: 'delete', layer: 'stops', id: 1, if_match: '"1"' },
    { op: 'patch', layer: 'stops', id: 3, if_match: '"3"', feature: { geometry: point(106) } },
    { op: 'patch', layer: 'stops', id: 2, if_match: '"2"', feature: { properties: { name: 'b', lanes: null } } },
    { op: 'create', layer: 'stops', feature: { type: 'Feature', geometry: point(105), properties: { code: 'A' } } },
  ] });
});

test('an object loses members only by a whole update', () => {
  const d = does(nothing, { type: 'open', base: base(2, { facts: { p: 1, q: 2 } }) }, { type: 'put', key: 'stops/2', shape: shape({ facts: { p: 1 } }) });
  assert.deepEqual((changeset(changesOf(d), '') as { edits: unknown[] }).edits, [
    { op: 'update', layer: 'stops', id: 2, if_match: '"2"', feature: { type: 'Feature', geometry: point(105), properties: { facts: { p: 1 } } } }]);
});

test('a rebase keeps what is wanted and forgets the steps', () => {
  const d = does(nothing, { type: 'open', base: base(1, { name: 'a' }) }, { type: 'put', key: 'stops/1', shape: shape({ name: 'b' }) });
  const kept = reduce(d, { type: 'rebase', key: 'stops/1', base: base(1, { name: 'z' }, '"9"'), shape: shape({ name: 'b' }) });
  assert.deepEqual([kept.past.length, kept.bases['stops/1']?.etag, changesOf(kept).length], [0, '"9"', 1]);
  assert.deepEqual(changesOf(reduce(d, { type: 'rebase', key: 'stops/1', base: base(1, { name: 'b' }, '"9"'), shape: shape({ name: 'b' }) })), []);
  assert.deepEqual(changesOf(reduce(d, { type: 'rebase', key: 'stops/1', base: null, shape: shape({ name: 'b' }) })).map((c) => [c.key, c.kind]), [['stops/+1', 'added']]);
  assert.deepEqual(changesOf(reduce(d, { type: 'rebase', key: 'stops/1', base: null, shape: null })), []);
});

test('a draft outlives a reload, rubbish does not', () => {
  const d = does(nothing, { type: 'open', base: base(1, { name: 'a' }) }, { type: 'open', base: base(2, {}) }, { type: 'create', layer: 'stops', shape: shape({ code: 'A' }) },
    { type: 'remove', key: 'stops/1' }, { type: 'message', message: 'lý do' });
  const { 'stops/2': _, ...bases } = d.bases;
  assert.deepEqual(readDraft(writeDraft(d)), { ...d, bases, past: [], future: [] });
  assert.equal(writeDraft(does(d, { type: 'clear' })), '');
  for (const text of ['', '{', '[]', 'null', '{"format":2}', '{"format":1,"bases":{},"now":{"stops/1":null}}', '{"format":1,"bases":{},"now":{"stops/+1":{}}}', '{"format":1,"bases":{"a/1":{"geometry":{"type":"Point","coordinates":[]},"properties":{}}},"now":{}}']) {
    assert.equal(readDraft(text), null, text);
  }
});

test('values are the same whatever the order of members', () => {
  assert.ok(sameValue({ a: 1, b: [1, { c: 2, d: 3 }] }, { b: [1, { d: 3, c: 2 }], a: 1 }));
  assert.ok(sameValue(undefined, null) && !sameValue(0, null) && !sameValue([1, 2], [2, 1]));
  assert.deepEqual(propertyChanges({ a: 1, b: 2 }, { b: 3, c: null }), [{ name: 'a', before: 1, after: null }, { name: 'b', before: 2, after: 3 }]);
});

test('a shift is told in metres', () => {
  assert.equal(geometryChange(point(105.85), point(105.85)), null);
  assert.ok(Math.abs(geometryChange(point(105.85), point(105.851))!.metres - 103.99) < 0.1);
  const line = (...p: number[][]): Geometry => ({ type: 'LineString', coordinates: p });
  const change = geometryChange(line([105.85, 21], [105.86, 21]), line([105.85, 21], [105.855, 21.001], [105.86, 21]))!;
  assert.deepEqual(change.vertices, [2, 3]);
  assert.ok(Math.abs(change.metres - 111.3) < 1 && change.length[1] > change.length[0]);
  assert.ok(geometryChange(line([105.85, 21], [105.855, 21], [105.86, 21]), line([105.85, 21], [105.86, 21]))!.metres < 1e-6, 'a vertex less on a straight line');
});
