// Hears of every version of the city, and says how the connection is.

import { readNews, type News } from '../core/news.ts';

export interface Listener {
  connection(now: 'connecting' | 'live' | 'lost' | 'polling'): void;
  /** The version that the server has when a connection begins. */
  hello(version: number): void;
  news(n: News): void;
  /** Something changed, and it is not known what. */
  reset(version: number): void;
}

const patience = 3_000; // until a stream that was refused is asked for again
const pollEvery = 10_000;

/** Listens until the page goes. `EventSource` reconnects by itself and names the last event. */
export function listen(l: Listener): void {
  let newest = 0;
  let opened = false;
  const connect = (): void => {
    l.connection(opened ? 'lost' : 'connecting');
    const after = newest > 0 ? `&after=${newest}` : '';
    const source = new EventSource(`/events?zooms=0-16${after}`);
    source.onopen = () => { opened = true; l.connection('live'); };
    source.addEventListener('hello', (e) => {
      const version = versionOf(e.data);
      if (newest === 0) l.hello(version);
      else if (version > newest) l.reset(version); // the server began anew meanwhile
      newest = Math.max(newest, version);
    });
    source.addEventListener('version', (e) => {
      const news = readNews(String(e.data));
      if (!news || news.version <= newest) return;
      newest = news.version;
      l.news(news);
    });
    source.addEventListener('reset', (e) => {
      newest = versionOf(e.data);
      l.reset(newest);
    });
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) { l.connection('lost'); return; }
      if (opened) { l.connection('lost'); setTimeout(connect, patience); } else poll();
    };
  };
  /** For servers that have no stream. */
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
  connect();
}

function versionOf(data: unknown): number {
  try {
    const v = (JSON.parse(String(data)) as { version?: unknown }).version;
    return typeof v === 'number' ? v : 0;
  } catch {
    return 0;
  }
}
