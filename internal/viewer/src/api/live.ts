// Hears of every version of the city, and says how the connection is.

import { readNews, type News } from '../core/news.ts';
import { eventReader, type ServerEvent } from '../core/sse.ts';
import type { VersionMark } from './types.ts';
import { judged, keyHeader } from './key.ts';

interface Listener {
  connection(now: 'connecting' | 'live' | 'lost' | 'polling'): void;
  /** The version that the server has when a connection begins, where the page does not know its own. */
  hello(version: number): void;
  news(n: News): void;
  /** Something changed, and it is not known what. */
  reset(version: number): void;
}

interface Listening {
  /** Connects anew, with the key that there is now. */
  again(): void;
}

/** Milliseconds: until a stream that broke or was refused is asked for again; without a word, of which the server says one each 15 s. */
const patience = { broken: 1_000, refused: 3_000, silent: 45_000 } as const;
const pollEvery = 10_000;

/** Listens until the page goes, to all that came after a version; 0: from now on. */
export function listen(after: number, l: Listener): Listening {
  let newest = after, opened = false;
  let current = new AbortController();
  const heard = (e: ServerEvent): void => {
    if (e.type === 'version') {
      const news = readNews(e.data);
      if (!news || news.version <= newest) return;
      newest = news.version;
      l.news(news);
      return;
    }
    const version = versionOf(e.data);
    if (e.type === 'reset') l.reset(version);
    else if (e.type !== 'hello') return;
    else if (newest === 0) l.hello(version);
    else if (version > newest) l.reset(version); // the server began anew meanwhile
    newest = e.type === 'reset' ? version : Math.max(newest, version);
  };
  const run = async (): Promise<void> => {
    for (;;) {
      current = new AbortController();
      l.connection(opened ? 'lost' : 'connecting');
      const end = await stream(newest, current, () => { opened = true; l.connection('live'); }, heard);
      if (end === 'refused' && !opened) { poll(); return; } // a server that has no stream
      if (end === 'again') continue;
      l.connection('lost');
      await pause(end === 'refused' ? patience.refused : patience.broken, current.signal);
    }
  };
  const poll = (): void => {
    const look = async (): Promise<void> => {
      try {
        const response = await fetch('/healthz', { cache: 'no-store' });
        const version = Number(response.headers.get('Twin-Version'));
        l.connection('polling');
        if (newest === 0) l.hello(version);
        else if (version !== newest) l.reset(version);
        newest = version;
      } catch {
        l.connection('lost');
      }
    };
    void look();
    setInterval(() => void look(), pollEvery);
  };
  void run();
  return { again: () => current.abort(again) };
}

const again = new Error('another key');

/** One connection, until it ends; and how it did. */
async function stream(after: number, by: AbortController, open: () => void, heard: (e: ServerEvent) => void): Promise<'broken' | 'refused' | 'again'> {
  const sent = keyHeader('/events');
  let watch = 0;
  const listening = (): void => {
    clearTimeout(watch);
    watch = window.setTimeout(() => by.abort(), patience.silent);
  };
  try {
    listening();
    const response = await fetch(`/events?zooms=0-16${after > 0 ? `&after=${after}` : ''}`, { headers: { Accept: 'text/event-stream', ...sent }, cache: 'no-store', signal: by.signal });
    judged(sent, response.status);
    if (!response.ok || !response.body) return by.signal.reason === again ? 'again' : 'refused';
    open();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(), read = eventReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      listening();
      for (const e of read(piece.value)) heard(e);
    }
    return 'broken';
  } catch {
    return by.signal.reason === again ? 'again' : 'broken';
  } finally {
    clearTimeout(watch);
  }
}

/** Waits, unless there is a reason not to. */
function pause(milliseconds: number, unless: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (unless.reason === again) { done(); return; }
    const timer = setTimeout(done, milliseconds);
    unless.addEventListener('abort', () => { clearTimeout(timer); done(); }, { once: true });
  });
}

function versionOf(data: string): number {
  try {
    const v = (JSON.parse(data) as Partial<VersionMark>).version;
    return typeof v === 'number' ? v : 0;
  } catch {
    return 0;
  }
}
