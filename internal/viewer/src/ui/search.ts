// The search box: names, codes, coordinates. A combobox of the ARIA practices.

import { titleOf } from '../core/catalogue.ts';
import { formatDegrees } from '../core/format.ts';
import type { FeatureRef, Place, State } from '../core/state.ts';
import { parseCoordinates } from '../geo/parse.ts';
import type { SearchResult, SearchResults } from '../api/types.ts';
import { getJSON, latest, Problem } from '../api/client.ts';
import { byId, h } from './dom.ts';
import { icon } from './icons.ts';
import { swatch } from './swatch.ts';
import { legendEntries, textOf, type Context } from './context.ts';

interface Option { readonly target: FeatureRef | Place; readonly go: () => void; readonly row: HTMLElement }

export function searchBox(c: Context): (s: State) => void {
  const input = byId<HTMLInputElement>('search'), list = byId('search-results'), clear = byId('search-clear');
  const run = latest();
  let options: Option[] = [];
  let current = -1;
  let timer = 0;
  let hasty = false; // Enter was pressed before the answer came
  let wanted: string | null = null; // what is to be answered; null once one has chosen or left

  const close = (): void => {
    list.hidden = true;
    current = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = (i: number): void => {
    current = options.length === 0 ? -1 : (i + options.length) % options.length;
    options.forEach((o, k) => o.row.setAttribute('aria-selected', String(k === current)));
    const row = options[current]?.row;
    if (row) {
      input.setAttribute('aria-activedescendant', row.id);
      row.scrollIntoView({ block: 'nearest' });
    }
  };
  const choose = (o: Option | undefined): void => {
    if (!o) return;
    clearTimeout(timer);
    wanted = null;
    close();
    input.blur();
    o.go();
    c.store.send({ type: 'select', target: o.target });
  };
  const open = (found: Option[], note: string | null): void => {
    options = found;
    list.replaceChildren(...found.map((o) => o.row));
    if (note) list.append(h('li', { class: 'note', role: 'presentation' }, note));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    found.forEach((o, i) => {
      o.row.id = `search-option-${i}`;
      o.row.addEventListener('pointerdown', (e) => e.preventDefault()); // keeps the focus in the box
      o.row.addEventListener('click', () => choose(o));
    });
    mark(0);
    if (hasty) choose(options[0]);
    hasty = false;
  };

  const look = (text: string): void => {
    const places = parseCoordinates(text).map((p): Option => place(c, p.at[0], p.at[1], p.crs));
    if (places.length > 0) {
      run(async () => open(places, null)); // and no answer to what was typed before
      return;
    }
    run(async (signal) => {
      const { lng, lat } = c.map.gl.getCenter();
      try {
        const { body } = await getJSON<SearchResults>(`/search?q=${encodeURIComponent(text)}&limit=12&near=${lng.toFixed(4)},${lat.toFixed(4)}`, signal);
        if (wanted !== text) return;
        open(body.results.map((r) => feature(c, r)), body.results.length === 0 ? textOf(c).nothingFound : null);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (wanted === text) open([], error.status === 0 ? textOf(c).unreachable : `${textOf(c).problem}: ${error.detail || error.message}`);
      }
    });
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    options = []; // they answer what was typed before
    current = -1;
    hasty = false;
    const text = input.value.trim();
    wanted = text;
    clear.hidden = text === '';
    if (text === '') close();
    else timer = window.setTimeout(() => look(text), 90);
  });
  let leaving = 0;
  input.addEventListener('focus', () => {
    clearTimeout(leaving); // who is back at once wants the list
    const text = input.value.trim();
    if (text !== '' && options.length > 0) list.hidden = false;
    else if (text !== '' && wanted === null) { // left before the answer came
      wanted = text;
      look(text);
    }
  });
  input.addEventListener('blur', () => {
    leaving = window.setTimeout(() => {
      close();
      if (!hasty) wanted = null;
    }, 100);
  });
  input.addEventListener('keydown', (e) => {
    switch (e.key) {
      case 'ArrowDown': mark(current + 1); break;
      case 'ArrowUp': mark(current - 1); break;
      case 'Enter':
        if (options.length > 0) choose(options[Math.max(current, 0)]);
        else hasty = input.value.trim() !== '';
        break;
      case 'Escape': if (list.hidden) input.blur(); else close(); break;
      default: return;
    }
    e.preventDefault();
  });
  clear.addEventListener('click', () => {
    input.value = '';
    clear.hidden = true;
    close();
    input.focus();
  });
  document.addEventListener('keydown', (e) => {
    const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
    if (e.key === '/' && !typing && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      input.focus();
      input.select();
    }
  });
  return () => {
    const t = textOf(c);
    input.placeholder = t.search;
    input.setAttribute('aria-label', `${t.search}. ${t.searchHint}`);
    clear.setAttribute('aria-label', t.clear);
    list.setAttribute('aria-label', t.search);
  };
}

function place(c: Context, lon: number, lat: number, crs: string): Option {
  return {
    target: { lon, lat },
    go: () => c.map.go([lon, lat], Math.max(c.map.gl.getZoom(), 15), c.calm(), c.padding()),
    row: h('li', { role: 'option', 'aria-selected': 'false' }, icon('pin'), h('span', {}, h('strong', {}, formatDegrees(lat, lon)), h('small', {}, crs))),
  };
}

function feature(c: Context, r: SearchResult): Option {
  const s = c.store.get();
  const entry = legendEntries(c).find((e) => e.layer === r.layer);
  const name = (s.lang === 'vi' ? r.name ?? r.name_en : r.name_en ?? r.name) ?? r.code ?? String(r.id);
  const drawing = entry?.swatches[0], t = textOf(c);
  const wardName = r.ward && (s.lang === 'en' ? r.ward.name_en ?? r.ward.name : r.ward.name);
  const ward = r.ward && wardName ? `${r.ward.within ? t.inWard : t.nearWard} ${wardName}` : '';
  return {
    target: { layer: r.layer, key: r.code ?? String(r.id) },
    go: () => c.map.fit([...r.bbox], c.padding(), 15.5, c.calm()),
    row: h('li', { role: 'option', 'aria-selected': 'false' }, drawing ? swatch(drawing) : icon('pin'),
      h('span', {}, h('strong', {}, name), h('small', {}, [titleOf(c.collections.get(r.layer), r.layer, s.lang), r.code, ward].filter(Boolean).join(' · ')))),
  };
}
