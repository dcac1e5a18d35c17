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
import { legendEntries, problemText, textOf, type Context } from './context.ts';
import { optionList } from './options.ts';

interface Option { readonly target: FeatureRef | Place; readonly go: () => void; readonly row: HTMLElement }

const settle = 90, linger = 100; // milliseconds: of typing before one asks, and of an open list after leaving it

export function searchBox(c: Context): (s: State) => void {
  const input = byId<HTMLInputElement>('search'), results = byId('search-results'), clear = byId('search-clear');
  const run = latest();
  let timer = 0, leaving = 0;
  let hasty = false; // Enter was pressed before the answer came
  let wanted: string | null = null; // what is to be answered; null once one has chosen or left

  const choose = (o: Option | undefined): void => {
    if (!o) return;
    clearTimeout(timer);
    wanted = null;
    list.hide();
    input.blur();
    o.go();
    c.store.send({ type: 'select', target: o.target });
  };
  const list = optionList<Option>(input, results, choose);
  const show = (found: readonly Option[], note: string | null): void => {
    list.show(found, note);
    if (hasty) choose(found[0]);
    hasty = false;
  };
  const look = (text: string): void => {
    const places = parseCoordinates(text).map((p): Option => place(c, p.at[0], p.at[1], p.crs));
    run(async (signal) => {
      if (places.length > 0) {
        show(places, null); // and no answer to what was typed before
        return;
      }
      const { options, note } = await answer(c, text, signal);
      if (wanted === text) show(options, note);
    });
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    list.forget(); // they answer what was typed before
    hasty = false;
    const text = input.value.trim();
    wanted = text;
    clear.hidden = text === '';
    if (text === '') list.hide();
    else timer = window.setTimeout(() => look(text), settle);
  });
  input.addEventListener('focus', () => {
    clearTimeout(leaving); // who is back at once wants the list
    const text = input.value.trim();
    if (text === '' || list.reopen() || wanted !== null) return;
    wanted = text; // left before the answer came
    look(text);
  });
  input.addEventListener('blur', () => {
    leaving = window.setTimeout(() => {
      list.hide();
      if (!hasty) wanted = null;
    }, linger);
  });
  input.addEventListener('keydown', (e) => {
    switch (e.key) {
      case 'ArrowDown': list.move(1); break;
      case 'ArrowUp': list.move(-1); break;
      case 'Enter':
        if (list.marked()) choose(list.marked());
        else hasty = input.value.trim() !== '';
        break;
      case 'Escape': if (list.hidden) input.blur(); else list.hide(); break;
      default: return;
    }
    e.preventDefault();
  });
  clear.addEventListener('click', () => {
    input.value = '';
    clear.hidden = true;
    list.hide();
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
    results.setAttribute('aria-label', t.search);
  };
}

/** Asks for features by name or code; the note says why there are none. */
async function answer(c: Context, text: string, signal: AbortSignal): Promise<{ options: readonly Option[]; note: string | null }> {
  const { lng, lat } = c.map.gl.getCenter();
  try {
    const { body } = await getJSON<SearchResults>(`/search?q=${encodeURIComponent(text)}&limit=12&near=${lng.toFixed(4)},${lat.toFixed(4)}`, signal);
    return { options: body.results.map((r) => feature(c, r)), note: body.results.length === 0 ? textOf(c).nothingFound : null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { options: [], note: problemText(c, error) };
  }
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
