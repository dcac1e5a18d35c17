import test from 'node:test';
import assert from 'node:assert/strict';
import { initial, reduce, sameTarget, type State } from './state.ts';

test('layers go off and on, whatever they start as', () => {
  let s: State = reduce(initial, { type: 'layer', layer: 'roads', shown: false, startsOff: false });
  assert.deepEqual([s.off, s.on], [['roads'], []]);
  s = reduce(s, { type: 'layer', layer: 'roads', shown: true, startsOff: false });
  assert.deepEqual([s.off, s.on], [[], []]);
  s = reduce(s, { type: 'layer', layer: 'nodes', shown: true, startsOff: true });
  assert.deepEqual([s.off, s.on], [[], ['nodes']]);
});

test('a radius stays within what the server answers', () => {
  const q = { from: { lon: 1, lat: 2 }, radius: 100, layers: null };
  let s = reduce(initial, { type: 'ask', question: q });
  for (const [asked, got] of [[1e9, 50_000], [1, 50], [NaN, 3000], [1234.4, 1234]] as const) {
    s = reduce(s, { type: 'radius', radius: asked });
    assert.equal(s.near?.radius, got);
  }
});

test('choosing another thing ends the question', () => {
  const asked = reduce(initial, { type: 'ask', question: { from: { layer: 'a', key: '1' }, radius: 100, layers: null } });
  assert.equal(reduce(asked, { type: 'select', target: { layer: 'a', key: '2' } }).near, null);
});

test('full opacity is not kept', () => {
  const s = reduce(initial, { type: 'opacity', layer: 'a', opacity: 0.5 });
  assert.deepEqual(s.opacity, { a: 0.5 });
  assert.deepEqual(reduce(s, { type: 'opacity', layer: 'a', opacity: 1 }).opacity, {});
});

test('feature 0 is a feature', () => {
  assert.equal(sameTarget({ layer: 'a', key: '0' }, null), false);
  assert.equal(sameTarget({ layer: 'a', key: '0' }, { layer: 'a', key: '0' }), true);
  assert.equal(sameTarget({ lon: 0, lat: 0 }, { layer: 'a', key: '0' }), false);
});
