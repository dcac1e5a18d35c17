// The web map: builds the parts and lets each follow the state.

import type { StyleSpecification } from 'maplibre-gl';
import { beginning, darkScreen, loadCollections, loadStyle, lookOf, sameLook, type Look } from './api/beginning.ts';
import { createStore } from './core/store.ts';
import { drawnAlike, reduce, type State } from './core/state.ts';
import { readLink, writeLink } from './core/url.ts';
import { texts } from './core/text.ts';
import type { Collection } from './api/types.ts';
import { drawnStyle } from './core/style.ts';
import { overlayColours } from './core/overlay.ts';
import { Problem } from './api/client.ts';
import { key, setKey, withKey } from './api/key.ts';
import { CityMap, startWorker } from './map/map.ts';
import { byId, calmMotion, narrow } from './ui/dom.ts';
import type { Context } from './ui/context.ts';
import { messages } from './ui/messages.ts';
import { legendPanel } from './ui/legend.ts';
import { cardPanel } from './ui/card.ts';
import { nearPanel } from './ui/near.ts';
import { measurePanel } from './ui/measure.ts';
import { searchBox } from './ui/search.ts';
import { statusLine } from './ui/statusline.ts';
import { timeline } from './ui/timeline.ts';
import { toolbar } from './ui/toolbar.ts';
import type { Subject } from './ui/subject.ts';
import { followSubject } from './ui/follow.ts';
import { editing, type Editing } from './ui/editing.ts';
import { pointing } from './ui/pointing.ts';
import { following } from './ui/following.ts';
import { printing } from './ui/print.ts';
import { embedded, isEmbedded } from './ui/embed.ts';

const link = readLink(location.hash);
const wide = window.matchMedia('(min-width: 1100px)');
const fresh = location.hash === '';
const store = createStore<State, Parameters<typeof reduce>[1]>({ ...link.state, legend: link.state.legend || (fresh && wide.matches) }, reduce);
const look = (): Look => lookOf(store.get());
const isDark = (): boolean => look().dark;
const say = messages(byId('messages'));

const mostWait = 3_000; // milliseconds that the legend waits for the map

/** What the panels cover of the map, in pixels. */
function padding(): { top: number; right: number; bottom: number; left: number } {
  if (narrow.matches) return { top: 76, right: 64, bottom: Math.round(window.innerHeight * 0.56), left: 24 };
  return { top: 48, right: store.get().legend ? 400 : 90, bottom: 60, left: 420 };
}

async function start(): Promise<void> {
  startWorker();
  applyLook();
  const { style, collections, version } = await beginning(look());
  let reloads = 0;
  let base = style, shown = look(), known: ReadonlyMap<string, Collection> = collections;
  let about: Subject | null = null;
  const hasStatus = (layer: string): boolean => known.get(layer)?.properties.some((p) => p.name === 'status') ?? false;
  const drawn = (s = store.get()): StyleSpecification => drawnStyle(base, s, hasStatus, overlayColours(shown.dark), today());
  const map = new CityMap(byId('map'), drawn(), store.get().view, calmMotion.matches, withKey);
  const c: Context = {
    store, map, padding, say,
    get collections() { return known; },
    style: () => base,
    calm: () => calmMotion.matches,
    subject: () => about,
  };
  const legend = legendPanel(c, byId('legend'));
  const card = cardPanel(c, byId('card'));
  const near = nearPanel(c, byId('near'));
  const measure = measurePanel(c, byId('measure'));
  const time = timeline(c, byId('time'));
  const search = searchBox(c);
  const status = statusLine(c);
  const tools = toolbar(c, isDark);
  const edit: Editing = isEmbedded() ? { update: () => undefined, changed: () => undefined } : editing(c);
  const subject = followSubject(c, (s) => {
    about = s;
    card(store.get(), s);
    near.update(store.get(), s);
  });
  pointing(c, near);
  printing(c);
  const swipe = whenUsed((s) => s.swipe !== null, async () => (await import('./ui/swipe.ts')).swipeView(c, drawn));

  const ownPage = embedded();
  // The legend comes when the map has been drawn, or has had time to be: to lay out
  // and draw a panel full of text takes as long as the map.
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    document.body.classList.remove('starting');
    legend(store.get());
  };
  const redraw = (): void => {
    const s = store.get();
    applyLook();
    ownPage(s);
    search(s); status.update(s); tools(s); edit.update(); if (begun) legend(s); measure(s); time(s);
    subject.update(s);
    swipe(s);
    map.gl.getCanvas().setAttribute('aria-label', texts[s.lang].map);
    document.body.classList.toggle('panel-open', s.selected !== null || s.near !== null || s.measure !== null);
  };
  store.watch((s, before) => {
    redraw();
    writeAddress(s);
    const wanted = look();
    if (!sameLook(wanted, shown)) {
      void loadStyle(wanted).then((next) => {
        if (!sameLook(look(), wanted)) return; // changed again meanwhile
        base = next;
        shown = wanted;
        map.setStyle(drawn());
        redraw();
      }).catch(() => say(texts[s.lang].unreachable, 'error'));
    } else if (before && !drawnAlike(s, before)) {
      map.setStyle(drawn());
    }
  });
  map.onMoveEnd(() => store.send({ type: 'moved', view: map.view() }));
  darkScreen.addEventListener('change', () => store.send({ type: 'load', state: { ...store.get() } }));
  window.addEventListener('hashchange', (e) => {
    const { hash } = new URL(e.newURL); // what the page itself wrote meanwhile stands in location
    if (hash === writeLink(store.get())) return;
    const next = readLink(hash);
    store.send({ type: 'load', state: { ...next.state, view: next.state.view ?? store.get().view } });
    const v = next.state.view;
    if (v) map.gl.jumpTo({ center: [v.lon, v.lat], zoom: v.zoom, bearing: v.bearing, pitch: v.pitch });
    if (next.wrong.length > 0) say(`${texts[store.get().lang].badLink}: ${next.wrong.join(', ')}`, 'error');
  });
  if (link.wrong.length > 0) say(`${texts[store.get().lang].badLink}: ${link.wrong.join(', ')}`, 'error');
  const recount = newestOnly(async () => {
    known = await loadCollections();
    if (begun) legend(store.get());
  });
  following(c, status, version, {
    changed: () => { near.again(); subject.again(); edit.changed(); void recount(); },
    async reload() { // layers may have come or gone
      const mine = ++reloads, [style, collections] = await Promise.all([loadStyle(shown), loadCollections()]);
      if (mine !== reloads) return; // asked for again meanwhile
      [base, known] = [style, collections];
      map.setStyle(drawn());
      redraw();
    },
  });
  void map.whenIdle().then(() => {
    performance.mark('map-idle');
    begin();
  });
  setTimeout(begin, mostWait);
  // For those who embed the map or test it.
  Object.assign(window, { hanoitwin: { map: map.gl, city: map, store } });
}

/** Runs one at a time; of those that are asked for meanwhile, one more. Failures are told by the status line. */
function newestOnly(run: () => Promise<void>): () => Promise<void> {
  let running = false, again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await run().catch(() => undefined);
    }
    running = false;
  };
}

/** A part that is loaded when the state first asks for it, and follows it from then on. */
function whenUsed(used: (s: State) => boolean, load: () => Promise<{ update(s: State): void }>): (s: State) => void {
  let part: { update(s: State): void } | null = null, loading = false;
  return (s) => {
    if (part) part.update(s);
    else if (used(s) && !loading) {
      loading = true;
      load().then((p) => { part = p; p.update(store.get()); }).catch(failed).finally(() => { loading = false; });
    }
  };
}

function applyLook(): void {
  const s = store.get(), root = document.documentElement;
  root.lang = s.lang;
  root.dataset['theme'] = isDark() ? 'dark' : 'light';
  document.title = texts[s.lang].title;
  byId('skip').textContent = texts[s.lang].skip;
}

function today(): string { return new Date().toISOString().slice(0, 10); }

let addressTimer = 0;
/** Writes the address a moment later: browsers refuse many changes a second. */
function writeAddress(s: State): void {
  clearTimeout(addressTimer);
  addressTimer = window.setTimeout(() => history.replaceState(null, '', location.pathname + location.search + writeLink(s)), 120);
}

function failed(error: unknown): void {
  const t = texts[store.get().lang];
  if (error instanceof Problem && error.status === 401 && key() === '') { // a server that nobody may read without a key
    void import('./ui/gate.ts').then(({ askKey }) => askKey(byId('left'), store.get().lang, (given) => { setKey(given); return start().catch(failed); }));
    return;
  }
  const webGL = error instanceof Error && /webgl/i.test(error.message);
  say(webGL ? t.noWebGL : t.unreachable, 'error', webGL ? undefined : { label: t.retry, run: () => location.reload() });
  console.warn(error);
}

start().catch(failed);
