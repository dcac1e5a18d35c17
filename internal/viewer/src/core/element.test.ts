import test from 'node:test';
import assert from 'node:assert/strict';
import { readElement } from './element.ts';

const read = (attributes: Record<string, string>, dark = false): unknown => readElement((name) => attributes[name] ?? null, dark);
const usual = { center: null, zoom: null, layers: null, date: null, lang: 'vi', dark: false };

test('attributes say what to show', () => {
  assert.deepEqual(read({ center: '105.85, 21.03', zoom: '12.5', layers: 'ring_roads, intersections', datetime: '2030-01-01', lang: 'en', theme: 'dark' }), {
    center: [105.85, 21.03], zoom: 12.5, layers: ['ring_roads', 'intersections'], date: '2030-01-01', lang: 'en', dark: true,
  });
  assert.deepEqual(read({ theme: 'auto' }, true), { ...usual, dark: true });
});

test('what makes no sense is as if it were not there', () => {
  assert.deepEqual(read({}, true), usual);
  assert.deepEqual(read({ center: '21', zoom: '', layers: ' , ', datetime: '2030-13-01', lang: 'fr', theme: 'pink' }), usual);
  assert.deepEqual(read({ center: '105,x', zoom: '99', datetime: 'tomorrow' }), usual);
  assert.deepEqual(read({ center: ',21', zoom: 'NaN' }), usual);
});
