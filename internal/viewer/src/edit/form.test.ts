import test from 'node:test';
import assert from 'node:assert/strict';
import type { LayerDefinition } from '../api/types.ts';
import { fieldOf, fieldsOf, missing, readValue, textOf } from './form.ts';
import { forgiven, none, placed } from './mistakes.ts';
import { sentence } from './sentence.ts';

const layer: LayerDefinition = {
  id: 'bridges', title: 'Cầu', title_en: 'Bridges', geometry: 'LineString', key: 'code',
  properties: [
    { name: 'code', type: 'string' }, { name: 'name', type: 'string' }, { name: 'status', type: 'string' }, { name: 'valid_from', type: 'date' },
    { name: 'lanes', type: 'integer' }, { name: 'width_m', type: 'number', unit: 'm' }, { name: 'doubtful', type: 'boolean' }, { name: 'note', type: 'string' }, { name: 'note_at', type: 'instant' }, { name: 'facts', type: 'json' },
  ],
};
const field = (name: string): ReturnType<typeof fieldOf> => fieldOf(layer, layer.properties.find((p) => p.name === name)!, null);

test('the form is made from the schema', () => {
  const { first, rest } = fieldsOf(layer, { width_m: 12, facts: { a: 1 } });
  assert.deepEqual(first.map((f) => [f.property.name, f.control, f.required]), [
    ['code', 'text', true], ['name', 'text', false], ['status', 'choice', false], ['valid_from', 'date', false], ['width_m', 'number', false], ['facts', 'json', false]]);
  assert.deepEqual(rest.map((f) => f.property.name), ['lanes', 'doubtful', 'note', 'note_at']);
  assert.equal(field('note').control, 'long');
  assert.equal(field('note_at').control, 'text');
  assert.equal(field('status').options.length, 4);
});

test('text becomes a value of the type, or a mistake', () => {
  assert.deepEqual(readValue(field('lanes'), ' 6 '), { value: 6 });
  assert.deepEqual(readValue(field('lanes'), '6.5'), { wrong: 'integer' });
  assert.deepEqual(readValue(field('lanes'), '99999999999999999999'), { wrong: 'integer' });
  assert.deepEqual(readValue(field('width_m'), '12,5'), { value: 12.5 });
  assert.deepEqual(readValue(field('width_m'), 'rộng'), { wrong: 'number' });
  assert.deepEqual(readValue(field('width_m'), ''), { value: null });
  assert.deepEqual(readValue(field('code'), ' '), { wrong: 'required' });
  assert.deepEqual(readValue(field('valid_from'), '2027-6-30'), { wrong: 'date' });
  assert.deepEqual(readValue(field('doubtful'), 'false'), { value: false });
  assert.deepEqual(readValue(field('facts'), '{"a":'), { wrong: 'json' });
  assert.deepEqual(readValue(field('name'), 'Nga\u0303'.normalize('NFD')), { value: 'Ngã' });
});

test('what a control shows is read back as it was', () => {
  for (const [name, v] of [['lanes', 6], ['width_m', 12.5], ['doubtful', true], ['facts', { a: [1] }], ['name', 'Cầu "Nhật Tân"'], ['note', null]] as const) {
    assert.deepEqual(readValue(field(name), textOf(v)), { value: v });
  }
  assert.deepEqual(missing(layer, { code: '' }), ['code']);
  assert.deepEqual(missing(layer, { code: 'C1' }), []);
  assert.deepEqual(missing(undefined, {}), []);
});

test('mistakes stand at what they are about', () => {
  const p = placed([
    { pointer: '/edits/1/feature/properties/lanes', detail: 'is text', expected: 'a number' }, { pointer: '/edits/1/feature/properties/lanes', detail: 'and wrong' },
    { pointer: '/edits/0/feature/geometry', detail: 'crosses itself' }, { pointer: '/edits/0/feature/properties/a~1b', detail: 'is unknown' },
    { pointer: '/edits/2/if_match', detail: 'does not match' }, { pointer: '/edits/3/id', detail: 'names no feature' }, { pointer: '/message', detail: 'is long' }, { pointer: '/edits/9/op', detail: 'is odd' }, { detail: 'is all wrong' },
    { pointer: '/edits/3/layer', detail: 'names no layer' },
  ], ['a/1', 'a/2', 'a/3', 'a/4'], (m) => sentence(m, 'en'));
  assert.deepEqual(p, {
    fields: { 'a/1': { '': 'crosses itself', 'a/b': 'is unknown' }, 'a/2': { lanes: 'is text (a number); and wrong' }, 'a/4': { '*': 'names no layer' } },
    message: 'is long', rest: ['is odd', 'is all wrong'], stale: ['a/3', 'a/4'],
  });
  assert.deepEqual(forgiven(p, 'a/1', '').fields['a/1'], { 'a/b': 'is unknown' });
  assert.equal(forgiven(p, 'a/2', 'lanes').fields['a/2'], undefined);
  assert.equal(forgiven(p, 'a/1').fields['a/1'], undefined);
  assert.equal(forgiven(none, 'a/1'), none);
});

test('what the server says of data is said in Vietnamese', () => {
  const say = (detail: string): string => sentence({ detail, expected: 'right' }, 'vi');
  assert.equal(say('belongs to feature 12'), 'Đã thuộc về đối tượng số 12');
  assert.equal(say('is not after valid_from 2030-01-01'), 'Phải sau ngày bắt đầu (2030-01-01)');
  assert.equal(say('is not on or after started 2030-01-01'), 'Không được trước ngày khởi công (2030-01-01)');
  assert.equal(say('is text, not an integer'), 'Sai kiểu dữ liệu');
  assert.equal(say('is something new'), 'is something new (right)');
  assert.equal(sentence({ detail: 'is empty', expected: 'a key' }, 'en'), 'is empty (a key)');
});
