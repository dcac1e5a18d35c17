import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventReader, type ServerEvent } from './sse.ts';

/** Reads a stream that comes in pieces of so many characters. */
function read(text: string, piece: number): ServerEvent[] {
  const reader = eventReader(), all: ServerEvent[] = [];
  for (let i = 0; i < text.length; i += piece) all.push(...reader(text.slice(i, i + piece)));
  return all;
}

const stream = '\uFEFFretry: 1000\nevent: hello\nid: 7\ndata: {"version":7}\n\n: \n\nevent: version\ndata: {"a":\ndata:1}\n\ndata:  two\nfoo: bar\n\n';
const events = [{ type: 'hello', data: '{"version":7}' }, { type: 'version', data: '{"a":\n1}' }, { type: 'message', data: ' two' }];

test('events are read however the stream is cut, whatever ends its lines', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    for (const piece of [1, 2, 3, 7, 1000]) {
      // A last carriage return alone may be half of an end: the event waits for what follows.
      assert.deepEqual(read(`${stream.replaceAll('\n', end)}: more${end}`, piece), events, `${JSON.stringify(end)} by ${piece}`);
    }
  }
});

test('what has not ended is no event, and what has no data neither', () => {
  assert.deepEqual(read('event: version\ndata: 1\n', 4), []);
  assert.deepEqual(read('event: reset\n\n', 4), []);
});

test('the type of one event is not that of the next', () => {
  assert.deepEqual(read('event: a\n\ndata: x\n\n', 100), [{ type: 'message', data: 'x' }]);
});

test('what is longer than anybody may send is dropped, and what follows is read', () => {
  const reader = eventReader();
  for (let i = 0; i < 9; i++) reader('x'.repeat(1_000_000));
  assert.deepEqual(reader('\n\ndata: next\n\n'), [{ type: 'message', data: 'next' }]);
});
