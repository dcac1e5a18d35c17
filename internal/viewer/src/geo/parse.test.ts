import test from 'node:test';
import assert from 'node:assert/strict';
import { parseCoordinates } from './parse.ts';

const lake = [105.8523, 21.0287];

test('degrees in either order and spelling', () => {
  for (const text of ['21.0287, 105.8523', '105.8523 21.0287', '21,0287 105,8523', '21,0287; 105,8523', ' 21.0287N 105.8523E ', '21.0287° B, 105.8523° Đ']) {
    const [found, ...more] = parseCoordinates(text);
    assert.equal(more.length, 0, text);
    assert.equal(found?.crs, 'WGS 84', text);
    found?.at.forEach((v, i) => assert.ok(Math.abs(v - lake[i]!) < 1e-9, `${text}: ${found.at}`));
  }
});

test('degrees, minutes and seconds', () => {
  for (const text of ['21°01\'43.32"N 105°51\'8.28"E', '105°51′8,28″Đ 21°01′43,32″B']) {
    const found = parseCoordinates(text)[0];
    found?.at.forEach((v, i) => assert.ok(Math.abs(v - lake[i]!) < 1e-6, `${text}: ${found.at}`));
    assert.ok(found, text);
  }
});

test('metres of VN-2000 may be either grid', () => {
  for (const text of ['588394.324 2326366.399', '2326366.399, 588394.324']) {
    const found = parseCoordinates(text);
    assert.deepEqual(found.map((f) => f.crs), ['EPSG:5897', 'EPSG:3405']);
    found[0]?.at.forEach((v, i) => assert.ok(Math.abs(v - lake[i]!) < 1e-7));
  }
});

test('names and codes are no coordinates', () => {
  for (const text of ['Nguyễn Trãi', 'NG01', '21', '21 105', 'VD3-4', '1.5', '', '12 Hàng Bạc', '999.5 999.5', '1000000 5']) {
    assert.deepEqual(parseCoordinates(text), [], text);
  }
});
