import test from 'node:test';
import assert from 'node:assert/strict';
import type { StyleSpecification } from 'maplibre-gl';
import { drawnStyle } from './style.ts';
import { overlayColours } from './overlay.ts';
import { initial, type State } from './state.ts';

const base = {
  version: 8,
  metadata: { 'hanoitwin:legend': [{ layer: 'nodes', group: 'base', swatches: [], off: true }] },
  sources: { hanoi: { type: 'vector', tiles: ['/tiles/all/{z}/{x}/{y}.mvt'] } },
  layers: [
    { id: 'bg', type: 'background' },
    { id: 'a', type: 'fill', source: 'hanoi', 'source-layer': 'zones', paint: { 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 9, 0.2, 14, ['get', 'x']] } },
    { id: 'b', type: 'line', source: 'hanoi', 'source-layer': 'roads', filter: ['==', ['get', 'kind'], 'x'], paint: {} },
    { id: 'c', type: 'circle', source: 'hanoi', 'source-layer': 'nodes' },
  ],
} as unknown as StyleSpecification;

const draw = (change: Partial<State>): Record<string, Record<string, unknown>> => {
  const style = drawnStyle(base, { ...initial, ...change }, (l) => l === 'roads', overlayColours(false), '2026-11-23');
  return Object.fromEntries(style.layers.map((l) => [l.id, l as unknown as Record<string, unknown>]));
};

test('layers that start off are off until they are put on', () => {
  assert.deepEqual(draw({})['c']?.['layout'], { visibility: 'none' });
  assert.equal(draw({ on: ['nodes'] })['c']?.['layout'], undefined);
  assert.deepEqual(draw({ off: ['roads'] })['b']?.['layout'], { visibility: 'none' });
});

test('opacity multiplies numbers, expressions and what is missing, zoom outermost', () => {
  const l = draw({ opacity: { zones: 0.5, roads: 0.25, nodes: 0.5 } });
  assert.deepEqual(l['a']?.['paint'], { 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 9, 0.1, 14, ['*', 0.5, ['get', 'x']]] });
  assert.deepEqual(l['b']?.['paint'], { 'line-opacity': 0.25 });
  assert.deepEqual(l['c']?.['paint'], { 'circle-opacity': 0.5, 'circle-stroke-opacity': 0.5 });
});

test('hidden statuses filter layers that have one, beside their own filter', () => {
  const l = draw({ hidden: ['planned'] });
  assert.deepEqual(l['b']?.['filter'], ['all', ['==', ['get', 'kind'], 'x'], ['!', ['in', ['coalesce', ['get', 'status'], ''], ['literal', ['planned']]]]]);
  assert.equal(l['a']?.['filter'], undefined);
});

test('a date goes into the address of tiles', () => {
  const style = drawnStyle(base, { ...initial, date: '2027-06-01' }, () => false, overlayColours(false), '2026-11-23');
  assert.deepEqual((style.sources['hanoi'] as { tiles: string[] }).tiles, ['/tiles/all/{z}/{x}/{y}.mvt?datetime=2027-06-01']);
});

test('the glow lies beneath the roads, the selection above all', () => {
  const ids = drawnStyle(base, initial, () => false, overlayColours(true), '2026-11-23').layers.map((l) => l.id);
  assert.ok(ids.indexOf('twin-hits-line') < ids.indexOf('b'));
  assert.ok(ids.indexOf('twin-selection-dot') > ids.indexOf('c'));
});

test('what differs between two days is marked where the roads begin', () => {
  const style = drawnStyle(base, { ...initial, date: '2020-01-01', compare: true }, () => false, overlayColours(false), '2026-11-23');
  assert.deepEqual((style.sources['hanoi-diff'] as { tiles: string[] }).tiles, ['/tiles/diff/all/{z}/{x}/{y}.mvt?from=2020-01-01&to=2026-11-23']);
  const ids = style.layers.map((l) => l.id);
  assert.ok(ids.indexOf('diff-roads-line') > 0 && ids.indexOf('diff-roads-line') < ids.indexOf('b'));
  assert.ok(!ids.some((id) => id.includes('bridges') && id.startsWith('diff')));
});

test('the style that was given is untouched', () => {
  const before = JSON.stringify(base);
  draw({ off: ['roads'], opacity: { zones: 0.1 }, hidden: ['retired'] });
  assert.equal(JSON.stringify(base), before);
});
