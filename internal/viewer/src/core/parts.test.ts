import test from 'node:test';
import assert from 'node:assert/strict';
import type { Collection, Feature, NearbyFeature } from '../api/types.ts';
import { hitsToCSV } from './csv.ts';
import { keyOf, nearPath } from './near.ts';
import { countChanged, readNews, staleTiles } from './news.ts';
import { formatArea, formatBearing, formatDate, formatDistance } from './format.ts';
import { choose } from './pick.ts';
import { firstDay, monthOf, span } from './months.ts';
import { scaleOf } from './scale.ts';
import { labelOf, shownProperties, valueOf } from './catalogue.ts';
import { changedNames } from './changes.ts';
import { texts, word } from './text.ts';

const hit = (more: Partial<NearbyFeature>): NearbyFeature => ({
  type: 'Feature', id: 0, layer: 'a', distance_m: 1.5, bearing_deg: null, nearest_point: [105, 21],
  geometry: { type: 'Point', coordinates: [105, 21] }, properties: {}, ...more,
});

test('CSV: a mark for Excel, quotes, no formulas', () => {
  const text = hitsToCSV([hit({ code: 'X', properties: { name: 'Cầu "Mới", lớn', name_en: '=1+1', status: 'planned' } })]);
  assert.equal(text, '\ufeffrank,layer,code,name,name_en,status,distance_m,bearing_deg,nearest_lon,nearest_lat\r\n' +
    '1,a,X,"Cầu ""Mới"", lớn",\'=1+1,planned,1.5,,105,21\r\n');
});

test('the path of a question', () => {
  assert.equal(nearPath({ from: { layer: 'x', key: 'a/b' }, radius: 100, layers: null }, ['p', 'q'], null, null), '/collections/x/items/a%2Fb/nearby?radius=100&k=500&layers=p%2Cq');
  assert.equal(nearPath({ from: { lon: 1, lat: 2 }, radius: 100, layers: null }, [], '2027-01-01', '2026-03-01T00:00:00Z'), '/nearby?lon=1&lat=2&radius=100&k=500&datetime=2027-01-01&as_of=2026-03-01T00%3A00%3A00Z');
  assert.equal(keyOf({ id: 0 }), '0');
});

test('news names tiles, one by one or as ranges', () => {
  const news = readNews(JSON.stringify({ version: 7, changesets: [{ message: 'x' }], features: { a: [1, 2], b: [0] }, tiles: { 12: ['3/4'] }, tile_ranges: [{ z: 5, min_x: 1, min_y: 1, max_x: 2, max_y: 2 }] }))!;
  assert.equal(countChanged(news), 3);
  const loaded = [{ z: 12, x: 3, y: 4 }, { z: 12, x: 4, y: 3 }, { z: 5, x: 2, y: 1 }, { z: 5, x: 3, y: 1 }];
  assert.deepEqual(staleTiles(news, loaded), [loaded[0], loaded[2]]);
});

test('news without tiles makes all of them old; garbage is none', () => {
  assert.equal(staleTiles(readNews('{"version":3,"features":{"a":[1]}}')!, []), null);
  assert.equal(staleTiles(readNews('{"version":3,"features":{},"tiles":{},"whole":["a"]}')!, []), null);
  assert.deepEqual(staleTiles(readNews('{"version":3,"features":{},"tiles":{}}')!, [{ z: 1, x: 1, y: 1 }]), []);
  assert.equal(readNews('nonsense'), null);
  assert.equal(readNews('{}'), null);
});

test('distances, areas, directions, dates', () => {
  assert.deepEqual([0.4, 9.96, 350.4, 999.4, 999.6, 2400, 123_456].map((m) => formatDistance(m, 'vi')), ['0,4 m', '10 m', '350 m', '999 m', '1 km', '2,4 km', '123 km']);
  assert.deepEqual([800, 32_000, 15_300_000].map((m) => formatArea(m, 'en')), ['800 m²', '3.2 ha', '15.3 km²']);
  assert.deepEqual([0, 44, 359, 180, -90].map((d) => formatBearing(d, 'vi')), ['bắc', 'đông bắc', 'bắc', 'nam', 'tây']);
  assert.deepEqual([null, 'month', 'year'].map((p) => formatDate('2027-06-09', p)), ['09/06/2027', '06/2027', '2027']);
});

test('a click means points before lines before areas, the base map last', () => {
  const base = new Set(['buildings']);
  const order = ['rings', 'zones'];
  const c = (layer: string, dimension: 0 | 1 | 2): { layer: string; dimension: 0 | 1 | 2 } => ({ layer, dimension });
  assert.equal(choose([c('zones', 2), c('rings', 1), c('buildings', 2)], order, base)?.layer, 'rings');
  assert.equal(choose([c('buildings', 2), c('city_outline', 2)], order, base)?.layer, 'buildings');
  assert.equal(choose([c('city_outline', 2)], order, base), null);
});

test('months', () => {
  assert.equal(firstDay(monthOf('2027-06-30')), '2027-06-01');
  assert.equal(firstDay(monthOf('2026-12-31') + 1), '2027-01-01');
  assert.deepEqual(span(['1902-01-01', '2030-02-03'], '2026-11-23'), { first: monthOf('1996-11-01'), last: monthOf('2035-12-01') });
});

test('the scale bar is round and fits', () => {
  for (let zoom = 5; zoom < 20; zoom += 0.37) {
    const { width, label } = scaleOf(21, zoom, 110, 'en');
    assert.ok(width <= 110.0001 && width > 40, `${zoom} ${width}`);
    assert.match(label, /^[1235]0* (m|km)$/);
  }
});

const collection: Collection = {
  id: 'a', itemType: 'feature', geometryType: 'Point', numberOfFeatures: 1, crs: [], storageCrs: '', links: [],
  properties: [
    { name: 'note', type: 'string', title: 'Ghi chú', title_en: 'Note (Vietnamese)' }, { name: 'note_en', type: 'string', title: 'Ghi chú (tiếng Anh)', title_en: 'Note' },
    { name: 'area', type: 'number', title: 'Diện tích', title_en: 'Area', unit: 'ha' }, { name: 'open', type: 'boolean' }, { name: 'kind', type: 'string', title_en: 'Kind (bridge, road)' },
  ],
};

test('a card shows each thing once, in its language, with units', () => {
  assert.deepEqual(shownProperties(collection, 'vi').map((p) => p.name), ['note', 'area', 'open', 'kind']);
  assert.deepEqual(shownProperties(collection, 'en').map((p) => p.name), ['note_en', 'area', 'open', 'kind']);
  const [note, , area, open, kind] = collection.properties as readonly [never, never, never, never, never];
  assert.deepEqual([labelOf(note, 'en'), labelOf(kind, 'en'), labelOf(open, 'vi')], ['Note', 'Kind', 'open']);
  const values = { area: 1234.5, open: false, kind: 'bridge', note: '' };
  assert.deepEqual([valueOf(area, values, 'vi'), valueOf(open, values, 'vi'), valueOf(kind, values, 'en'), valueOf(note, values, 'vi')], ['1.234,5 ha', 'không', 'Bridge', null]);
});

test('codes have words, joined ones too', () => {
  assert.equal(word('W/NW', 'vi'), 'Tây – Tây Bắc');
  assert.equal(word('inner S', 'en'), 'Inner city, South');
  assert.equal(word('something else', 'en'), 'something else');
});

test('both languages say everything', () => {
  for (const [key, text] of Object.entries(texts.vi)) {
    const other = texts.en[key as keyof typeof texts.en];
    assert.ok(text.length > 0 && other.length > 0, key);
    assert.equal(typeof text, typeof other, key);
    if (typeof text === 'string') assert.equal(text, text.normalize('NFC'), key);
  }
});

test('what differs between two states', () => {
  const f = (properties: Record<string, unknown>, x: number): Pick<Feature, 'properties' | 'geometry'> => ({ properties, geometry: { type: 'Point', coordinates: [x, 0] } });
  assert.deepEqual(changedNames(f({ a: 1, b: 2 }, 0), f({ a: 1, c: 3 }, 1)), ['b', 'c', '']);
});
