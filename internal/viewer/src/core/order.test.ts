import test from 'node:test';
import assert from 'node:assert/strict';
import type { StyleSpecification } from 'maplibre-gl';
import { completeOrder, drawingOrder, inOrder, moved } from './order.ts';

const style = {
  version: 8, sources: {},
  layers: [
    { id: 'bg', type: 'background' },
    { id: 'ground', type: 'fill', 'source-layer': 'ground' },
    { id: 'a1', type: 'fill', 'source-layer': 'a' },
    { id: 'b1', type: 'line', 'source-layer': 'b' },
    { id: 'a2', type: 'line', 'source-layer': 'a' },
    { id: 'c1', type: 'symbol', 'source-layer': 'c', layout: { 'icon-image': 'x' } },
    { id: 'a-name', type: 'symbol', 'source-layer': 'a', layout: { 'text-field': 'x' } },
    { id: 'd-name', type: 'symbol', 'source-layer': 'd', layout: { 'text-field': 'x' } },
    { id: 'b-name', type: 'symbol', 'source-layer': 'b', layout: { 'text-field': 'x' } },
  ],
} as unknown as StyleSpecification;
const ids = (order: readonly string[]): string => inOrder(style, order).map((l) => l.id).join(' ');

test('the order of the style is read from the top', () => {
  assert.deepEqual(drawingOrder(style, ['a', 'b', 'c', 'd', 'gone']), ['d', 'c', 'b', 'a']);
});

test('without an order the style is as it was', () => {
  assert.equal(inOrder(style, []), style.layers);
});

test('what draws a layer moves together, names above, the ground below', () => {
  assert.equal(ids(['b', 'a', 'c']), 'bg ground c1 a1 a2 b1 a-name d-name b-name');
  assert.equal(ids(['a', 'b', 'c']), 'bg ground c1 b1 a1 a2 b-name d-name a-name');
});

test('layers that an order does not know keep their neighbour', () => {
  assert.deepEqual(completeOrder(style, ['a', 'b', 'c', 'd'], ['b', 'c']), ['d', 'b', 'a', 'c']);
  assert.deepEqual(completeOrder(style, ['a', 'b', 'c'], []), ['c', 'b', 'a']);
  assert.deepEqual(completeOrder(style, ['a', 'b'], ['x', 'b', 'a']), ['b', 'a']);
});

test('moving stops at the ends', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 'b', -1), ['b', 'a', 'c']);
  assert.deepEqual(moved(['a', 'b', 'c'], 'c', 5), ['a', 'b', 'c']);
  assert.deepEqual(moved(['a', 'b', 'c'], 'a', 2), ['b', 'c', 'a']);
  assert.deepEqual(moved(['a', 'b'], 'x', 1), ['a', 'b']);
});
