// The line at the bottom: scale, version, connection, sources.

import type { State } from '../core/state.ts';
import { scaleOf } from '../core/scale.ts';
import { formatMoment } from '../core/format.ts';
import { key, setKey } from '../api/key.ts';
import { byId, h } from './dom.ts';
import { icon } from './icons.ts';
import { textOf, type Context } from './context.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'polling';

export interface StatusLine {
  update(s: State): void;
  connection(now: Connection): void;
  version(v: number): void;
}

export function statusLine(c: Context): StatusLine {
  const scale = h('div', { class: 'scale', 'aria-hidden': 'true' }, h('span', { class: 'scale-label' }), h('span', { class: 'scale-bar' }));
  const dot = h('span', { class: 'connection-dot', 'aria-hidden': 'true' });
  const state = h('span', { role: 'status', id: 'connection' });
  const version = h('span', { id: 'version' });
  const sources = h('details', { class: 'sources' }, h('summary', {}), h('p', {}));
  const keyed = h('span', {}), forget = h('button', { type: 'button', id: 'key-forget', onclick: () => setKey('') }, icon('key'), keyed, icon('close'));
  byId('statusline').append(scale, h('span', { class: 'connection' }, dot, state), version, forget, sources);
  let connection: Connection = 'connecting', number = 0, since = '';

  const drawScale = (): void => {
    const { width, label } = scaleOf(c.map.gl.getCenter().lat, c.map.gl.getZoom(), 110, c.store.get().lang);
    (scale.lastElementChild as HTMLElement).style.width = `${width.toFixed(0)}px`;
    (scale.firstElementChild as HTMLElement).textContent = label;
  };
  const words = (): void => {
    const t = textOf(c);
    dot.className = `connection-dot ${connection}`;
    state.textContent = t[connection];
    version.textContent = number > 0 ? `${t.version} ${number}` : '';
    version.title = since === '' ? '' : formatMoment(since, c.store.get().lang);
    forget.hidden = key() === '';
    keyed.textContent = t.keyUsed;
    forget.title = t.keyForget;
    forget.setAttribute('aria-label', `${t.keyUsed}. ${t.keyForget}`);
    sources.firstElementChild!.textContent = t.attribution;
    sources.lastElementChild!.textContent = [...new Set([...c.collections.values()].map((x) => x.attribution).filter(Boolean))].join(' · ');
  };
  c.map.onMove(drawScale);
  return {
    update() { words(); drawScale(); },
    connection(now) { connection = now; words(); },
    version(v) {
      if (v === number) return;
      number = v;
      since = new Date().toISOString();
      words();
    },
  };
}
