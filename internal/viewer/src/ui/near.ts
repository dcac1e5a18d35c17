// What is near: the radius, the list, and what one can take away.

import type { Feature } from 'geojson';
import { isPlace, radiusLimits, sameTarget, type Question, type State } from '../core/state.ts';
import { keyOf, mostHits, nearPath } from '../core/near.ts';
import { nameOf, titleOf } from '../core/catalogue.ts';
import { formatBearing, formatDegrees, formatDistance, formatNumber } from '../core/format.ts';
import { hitsToCSV } from '../core/csv.ts';
import { word } from '../core/text.ts';
import type { Nearby, NearbyFeature } from '../api/types.ts';
import { getJSON, latest, Problem } from '../api/client.ts';
import { placeOf } from '../geo/shape.ts';
import { download, h } from './dom.ts';
import { arrow, icon } from './icons.ts';
import { swatch } from './swatch.ts';
import { copy, layersOfInterest, legendEntries, textOf, type Context } from './context.ts';
import type { Subject } from './subject.ts';

export interface NearPanel {
  update(s: State, subject: Subject | null): void;
  /** Marks the hit of a feature on the map, and brings it into view in the list. */
  point(layer: string | null, key: string | null): void;
  again(): void; // asks once more, after a change in the city
}

export function nearPanel(c: Context, panel: HTMLElement): NearPanel {
  const run = latest();
  let asked: string | null = null;
  let hits: readonly NearbyFeature[] = [];
  let list = h('ol', { class: 'hits' });
  let count = h('p', { class: 'count-line', role: 'status' });
  let radius = h('input', {});
  let slider = h('input', {});
  let built = '';
  const title = h('h2', {});

  const ask = (q: Question): void => {
    const path = nearPath(q, q.layers ?? layersOfInterest(c), c.store.get().date, c.store.get().asOf);
    asked = path;
    run(async (signal) => {
      try {
        const { body } = await getJSON<Nearby>(path, signal);
        hits = body.features;
        fill();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        hits = [];
        fill();
        count.textContent = error.status === 0 ? textOf(c).unreachable : `${textOf(c).problem}: ${error.message}. ${error.detail}`;
      }
    });
  };

  const fill = (): void => {
    const s = c.store.get(), t = textOf(c);
    count.textContent = hits.length === 0 ? t.nearNone : `${formatNumber(hits.length, s.lang)}${hits.length === mostHits ? '+' : ''} ${t.nearCount}`;
    const held = list.contains(document.activeElement) ? document.activeElement?.closest('li')?.dataset['ref'] : undefined;
    list.replaceChildren(...hits.map((hit) => item(c, hit, highlight)));
    if (held !== undefined) [...list.children].find((row) => row instanceof HTMLElement && row.dataset['ref'] === held)?.querySelector('button')?.focus({ preventScroll: true });
    c.map.show('hits', hits.flatMap(outline));
  };

  const highlight = (hit: NearbyFeature | null): void => {
    for (const li of list.children) li.classList.toggle('pointed', hit !== null && (li as HTMLElement).dataset['ref'] === refOf(hit));
    if (!hit) { c.map.show('hover', []); return; }
    const features = outline(hit);
    if (origin && hit.distance_m > 0) {
      features.push({ type: 'Feature', properties: { part: 'reach' }, geometry: { type: 'LineString', coordinates: [[...origin], [hit.nearest_point[0], hit.nearest_point[1]]] } });
    }
    c.map.show('hover', features);
  };
  let origin: readonly [number, number] | null = null;

  /** Says what the question is about: its key until its name is known. */
  const entitle = (s: State, q: Question, subject: Subject | null): void => {
    const name = subject && sameTarget(subject.ref, q.from) ? subject.name(s.lang) : isPlace(q.from) ? formatDegrees(q.from.lat, q.from.lon) : q.from.key;
    if (title.textContent !== name) title.textContent = name;
    panel.setAttribute('aria-label', `${textOf(c).nearOf} ${name}`);
  };

  const build = (s: State, q: Question): void => {
    const t = textOf(c), lang = s.lang;
    const send = (value: number): void => { if (Number.isFinite(value) && value > 0) c.store.send({ type: 'radius', radius: value }); };
    radius = h('input', { type: 'number', id: 'near-radius', min: radiusLimits.min, max: radiusLimits.max, step: 50, inputmode: 'numeric', onchange: () => send(Number(radius.value)), oninput: () => { if (Number(radius.value) >= radiusLimits.min) send(Number(radius.value)); } });
    slider = h('input', { type: 'range', min: 0, max: 100, step: 1, 'aria-label': t.radius, oninput: () => send(fromSlider(Number(slider.value))) });
    list = h('ol', { class: 'hits', onmouseleave: () => highlight(null) });
    count = h('p', { class: 'count-line', role: 'status' }, t.loading);
    panel.replaceChildren(
      h('header', { class: 'panel-head' },
        h('div', {}, h('p', { class: 'eyebrow' }, t.near), title),
        h('button', { type: 'button', class: 'ghost', 'aria-label': t.close, title: t.close, onclick: () => c.store.send({ type: 'ask', question: null }) }, icon('close'))),
      h('div', { class: 'near-form' },
        h('label', { for: 'near-radius' }, t.radius), h('span', { class: 'unit-input' }, radius, h('span', {}, t.metres)), slider,
        h('div', { class: 'chips' }, ...[500, 1000, 3000, 5000, 10_000].map((m) => h('button', { type: 'button', class: 'chip', 'data-radius': m, onclick: () => send(m) }, formatDistance(m, lang)))),
        layerChips(c, q)),
      h('div', { class: 'near-tools' }, count,
        h('button', { type: 'button', class: 'small', onclick: () => download('gan-day.csv', new Blob([hitsToCSV(hits)], { type: 'text/csv;charset=utf-8' })) }, icon('download'), t.csv),
        h('button', { type: 'button', class: 'small', onclick: () => download('gan-day.geojson', new Blob([JSON.stringify({ type: 'FeatureCollection', features: hits })], { type: 'application/geo+json' })) }, icon('download'), t.geojson),
        h('button', { type: 'button', class: 'small', onclick: () => void copy(c, location.href) }, icon('link'), t.link)),
      h('div', { class: 'panel-body' }, list),
    );
  };

  return {
    update(s, subject) {
      const q = s.near;
      panel.hidden = q === null;
      if (q === null) {
        if (asked !== null) { asked = null; hits = []; built = ''; panel.replaceChildren(); c.map.show('hits', []); c.map.show('hover', []); }
        return;
      }
      origin = isPlace(q.from) ? [q.from.lon, q.from.lat] : subject && sameTarget(subject.ref, q.from) && subject.geometry ? placeOf(subject.geometry) : null;
      const wanted = `${s.lang}/${JSON.stringify([q.from, q.layers])}`;
      if (built !== wanted) {
        built = wanted;
        build(s, q);
        if (asked !== null) fill();
      }
      entitle(s, q, subject);
      if (document.activeElement !== radius) radius.value = String(q.radius);
      slider.value = String(toSlider(q.radius));
      for (const chip of panel.querySelectorAll<HTMLElement>('[data-radius]')) chip.setAttribute('aria-pressed', String(Number(chip.dataset['radius']) === q.radius));
      if (asked !== nearPath(q, q.layers ?? layersOfInterest(c), c.store.get().date, c.store.get().asOf)) ask(q);
    },
    point(layer, key) {
      const hit = hits.find((x) => x.layer === layer && keyOf(x) === key) ?? null;
      highlight(hit);
      if (hit) list.querySelector('.pointed')?.scrollIntoView({ block: 'nearest' });
    },
    again() {
      const q = c.store.get().near;
      if (q) ask(q);
    },
  };
}

/** What is drawn of a hit. */
function outline({ geometry }: NearbyFeature): Feature[] {
  return geometry === null ? [] : [{ type: 'Feature', geometry, properties: {} }];
}

function refOf(hit: NearbyFeature): string { return `${hit.layer}/${keyOf(hit)}`; }

function item(c: Context, hit: NearbyFeature, highlight: (hit: NearbyFeature | null) => void): HTMLElement {
  const s = c.store.get(), t = textOf(c);
  const entry = legendEntries(c).find((e) => e.layer === hit.layer);
  const own = entry?.swatches.find((w) => w.property !== undefined && w.value === hit.properties[w.property]) ?? entry?.swatches[0];
  const far = hit.distance_m > 0 && hit.bearing_deg !== null;
  const status = typeof hit.properties['status'] === 'string' && hit.properties['status'] !== 'in_operation' ? ` · ${word(hit.properties['status'], s.lang)}` : '';
  return h('li', { 'data-ref': refOf(hit), onmouseenter: () => highlight(hit) },
    h('button', { type: 'button', class: 'hit', onfocus: () => highlight(hit), onblur: () => highlight(null), onclick: () => c.store.send({ type: 'select', target: { layer: hit.layer, key: keyOf(hit) } }) },
      own ? swatch(own) : h('span', { class: 'swatch' }),
      h('span', { class: 'hit-name' }, h('strong', {}, nameOf(hit.properties, s.lang)),
        h('small', {}, titleOf(c.collections.get(hit.layer), hit.layer, s.lang) + status)),
      h('span', { class: 'hit-far' }, far ? formatDistance(hit.distance_m, s.lang) : t.here,
        far ? h('small', {}, arrow(hit.bearing_deg ?? 0), formatBearing(hit.bearing_deg ?? 0, s.lang)) : null)));
}

function layerChips(c: Context, q: Question): HTMLElement {
  const t = textOf(c), lang = c.store.get().lang;
  const usual = layersOfInterest(c);
  const chosen = new Set(q.layers ?? usual);
  const all = legendEntries(c).filter((e) => e.layer !== 'city_outline');
  return h('details', { class: 'in-layers', open: q.layers !== null }, h('summary', {}, `${t.inLayers} (${chosen.size})`),
    h('div', { class: 'chips' }, ...all.map((e) => h('button', {
      type: 'button', class: 'chip', 'aria-pressed': String(chosen.has(e.layer)),
      onclick: () => {
        const next = all.map((x) => x.layer).filter((l) => (l === e.layer ? !chosen.has(l) : chosen.has(l)));
        const same = next.length === usual.length && next.every((l) => usual.includes(l));
        c.store.send({ type: 'askLayers', layers: same || next.length === 0 ? null : next });
      },
    }, titleOf(c.collections.get(e.layer), e.layer, lang)))));
}

// The slider is logarithmic: 0 is the smallest radius, 100 the largest.
const span = Math.log(radiusLimits.max / radiusLimits.min);
function toSlider(metres: number): number { return (100 * Math.log(metres / radiusLimits.min)) / span; }
function fromSlider(v: number): number {
  const metres = radiusLimits.min * Math.exp((v / 100) * span);
  const step = metres < 1000 ? 50 : metres < 10_000 ? 100 : 1000;
  return Math.round(metres / step) * step;
}
