// Brings what changed in the city onto the map.

import type { Feature } from '../api/types.ts';
import { listen } from '../api/live.ts';
import { key, onKey } from '../api/key.ts';
import { getJSON, Problem } from '../api/client.ts';
import { countChanged, staleTiles, type News } from '../core/news.ts';
import { pulse } from '../map/pulse.ts';
import { itemPath } from './subject.ts';
import { textOf, type Context } from './context.ts';
import type { StatusLine } from './statusline.ts';

export interface Changes {
  changed(): void;
  reload(): Promise<void>;
}

const mostWait = 1_500; // milliseconds
const mostPulses = 40; // features that light up; more are told as a number

/** From says of which version the page is; 0 when that is not known. */
export function following(c: Context, status: StatusLine, from: number, to: Changes): void {
  const anew = (): void => {
    c.map.refresh(null);
    to.changed();
    to.reload().catch((error: unknown) => {
      // A server that nobody may read without a key asks for one; the rest is told by the status line.
      if (error instanceof Problem && error.status === 401) location.reload();
    });
  };
  const whole = (version: number): void => {
    status.version(version);
    anew();
  };
  status.version(from);
  const stream = listen(from, {
    connection: (now) => status.connection(now),
    hello: (version) => status.version(version),
    reset: whole,
    news(n) {
      status.version(n.version);
      if (n.whole.length > 0) { whole(n.version); return; }
      c.map.refresh(staleTiles(n, c.map.loadedTiles()));
      to.changed();
      void announce(c, n);
    },
  });
  // Another key may see other layers: nothing that was fetched before stays.
  onKey(() => {
    if (key() === '') c.say(textOf(c).keyGone);
    stream.again();
    status.update(c.store.get());
    anew();
  });
}

/** Until the map has drawn what it has to, or has had time to. */
function drawnSoon(c: Context): Promise<void> {
  const patience = new Promise<void>((done) => { setTimeout(done, mostWait); });
  return Promise.race([c.map.whenIdle(), patience]);
}

async function announce(c: Context, n: News): Promise<void> {
  const count = countChanged(n);
  if (count === 0) return;
  const t = textOf(c);
  c.say(`${count} ${t.changedMany}${n.message ? ` · ${n.message}` : ''}`);
  const refs = Object.entries(n.features).flatMap(([layer, ids]) => ids.map((id) => ({ layer, key: String(id) }))).slice(0, mostPulses);
  const found = await Promise.all(refs.map(async (ref) => {
    try {
      return (await getJSON<Feature>(itemPath(ref))).body;
    } catch {
      return null; // removed
    }
  }));
  await drawnSoon(c); // the change itself first: a pulse draws the whole map again and again
  const geometries = found.flatMap((f) => f?.geometry ?? []);
  pulse(c.map, geometries.map((geometry) => ({ type: 'Feature', geometry, properties: {} })), c.calm());
}
