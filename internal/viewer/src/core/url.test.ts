import test from 'node:test';
import assert from 'node:assert/strict';
import { readLink, writeLink } from './url.ts';
import { initial, type State } from './state.ts';

const full: State = {
  view: { zoom: 12.25, lat: 21.0287, lon: 105.8523, bearing: -12.5, pitch: 30 },
  lang: 'en', theme: 'dark', off: ['roads', 'lớp của tôi'], on: ['osm_intersections'], opacity: { bridges: 0.4 },
  hidden: ['planned', 'retired'], selected: { layer: 'ring_roads', key: 'VD3-4' },
  near: { from: { lon: 105.8, lat: 21.01 }, radius: 2500, layers: ['intersections', 'a,b'] },
  measure: [[105.8, 21], [105.9, 21.1]], legend: true, date: '2027-06-01', compare: true,
  asOf: '2026-03-01T00:00:00.5Z', swipe: { date: '2035-01-01', at: 40 },
  hiddenIn: { bridges: ['planned', 'retired'], 'của tôi': ['in_operation'] }, order: ['projects', 'ring_roads'],
};

test('a link says the whole state', () => {
  assert.deepEqual(readLink(writeLink(full)), { state: full, wrong: [] });
});

test('the usual state has an empty link', () => {
  assert.equal(writeLink(initial), '');
  assert.deepEqual(readLink(''), { state: initial, wrong: [] });
});

test('a link keeps its spelling', () => {
  const near = { ...initial, near: { from: { layer: 'intersections', key: 'NG01' }, radius: 3000, layers: null } };
  assert.equal(writeLink(near), '#near=intersections/NG01&r=3000');
});

test('keys with slashes and percent signs survive', () => {
  for (const key of ['a/b', '50%', 'á & é', '0', '#1', '=', ',']) {
    const s: State = { ...initial, selected: { layer: 'things', key } };
    assert.deepEqual(readLink(writeLink(s)).state.selected, { layer: 'things', key }, key);
  }
});

test('what makes no sense is left out and named', () => {
  const { state, wrong } = readLink('#map=99/0/0&lang=fr&sel=@95,0&r=7&near=@21,105&date=2027-6-1&nonsense&x=1');
  assert.equal(state.view, null);
  assert.equal(state.lang, 'vi');
  assert.equal(state.selected, null);
  assert.deepEqual(state.near, { from: { lon: 105, lat: 21 }, radius: 3000, layers: null });
  assert.deepEqual(wrong.sort(), ['date=2027-6-1', 'lang=fr', 'map=99/0/0', 'nonsense', 'r=7', 'sel=@95,0', 'x=1']);
});

test('no text makes it fail', () => {
  let seed = 20_261_123;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const letters = '#&=/,;:%@.-0123456789abcmapnearsel ễđ';
  for (let i = 0; i < 5000; i++) {
    const text = Array.from({ length: Math.floor(random() * 40) }, () => letters[Math.floor(random() * letters.length)]).join('');
    const { state } = readLink(text);
    assert.deepEqual(readLink(writeLink(state)).state, state, text);
  }
});
