// Reads Server-Sent Events from text that comes in pieces (HTML Standard, section
// 9.2.6). EventSource does that too, but cannot send a key.

export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

/** Takes the next piece of a stream and returns the events that it completes. */
type EventReader = (piece: string) => ServerEvent[];

/** The most that is kept of an event that has not ended, in UTF-16 units; what is longer is dropped. */
const longest = 8_000_000;

export function eventReader(): EventReader {
  let rest = '', type = '', data: string[] = [], size = 0, first = true;
  return (piece) => {
    rest += piece;
    if (first && rest !== '') {
      first = false;
      rest = rest.replace(/^\uFEFF/, '');
    }
    // A carriage return at the end may be half of a line's end.
    const lines = (rest.endsWith('\r') ? rest.slice(0, -1) : rest).split(/\r\n|\n|\r/);
    rest = `${lines.pop() ?? ''}${rest.endsWith('\r') ? '\r' : ''}`;
    const done: ServerEvent[] = [];
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) done.push({ type: type || 'message', data: data.join('\n') });
        type = '';
        data = [];
        size = 0;
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      size += line.length;
      if (size > longest) continue;
      if (field === 'event') type = value;
      else if (field === 'data') data.push(value);
    }
    if (rest.length > longest) rest = '';
    return done;
  };
}
