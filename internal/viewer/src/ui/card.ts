// The card of a feature or a place.

import { isPlace, usualRadius, type State } from '../core/state.ts';
import type { LayerProperty } from '../api/types.ts';
import { labelOf, shownProperties, titleOf, valueOf, type Values } from '../core/catalogue.ts';
import { formatDate, formatDegrees, formatGrid } from '../core/format.ts';
import { word, type Text } from '../core/text.ts';
import { writeLink } from '../core/url.ts';
import { toGrid, tm3, utm48 } from '../geo/vn2000.ts';
import { placeOf, boxOf } from '../geo/shape.ts';
import { historySection } from './history.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { swatch } from './swatch.ts';
import { copy, legendEntries, linkTo, textOf, type Context } from './context.ts';
import type { Subject } from './subject.ts';

/** Properties that stand elsewhere on the card than among the facts. */
const head = new Set(['code', 'name', 'name_en', 'full_name', 'full_name_en', 'status', 'ring_name', 'ring_name_en']);
const dates = new Set(['valid_from', 'valid_to', 'started', 'planned_completion', 'date_precision', 'date_note', 'date_note_en']);
const origin = new Set(['accuracy_m', 'accuracy_note', 'accuracy_note_en', 'source', 'fact_source', 'schematic', 'schematic_note', 'schematic_note_en', 'doubtful', 'join_note', 'join_note_en', 'gap_note', 'gap_note_en', 'external_key']);

export function cardPanel(c: Context, panel: HTMLElement): (s: State, subject: Subject | null) => void {
  let built: unknown[] = [];
  return (s, subject) => {
    const open = s.selected !== null && s.near === null && subject !== null && s.measure === null;
    panel.hidden = !open;
    if (!open || !subject) {
      if (built.length > 0) panel.replaceChildren();
      built = [];
      return;
    }
    const wanted = [subject, s.lang, c.style()];
    if (wanted.every((w, i) => w === built[i])) return;
    built = wanted;
    panel.setAttribute('aria-label', subject.name(s.lang));
    panel.replaceChildren(...(isPlace(subject.ref) ? placeCard(c, subject) : featureCard(c, s, subject)));
    panel.scrollTop = 0;
  };
}

function placeCard(c: Context, subject: Subject): HTMLElement[] {
  const t = textOf(c);
  return [header(c, t.place, subject.name(c.store.get().lang), null), actions(c, subject), h('div', { class: 'panel-body' }, coordinates(c, subject, t))];
}

function featureCard(c: Context, s: State, subject: Subject): HTMLElement[] {
  const t = textOf(c), values = subject.values ?? {};
  const layer = isPlace(subject.ref) ? '' : subject.ref.layer;
  const collection = c.collections.get(layer);
  const shown = collection ? shownProperties(collection, s.lang) : [];
  const facts = shown.filter((p) => !head.has(p.name) && !dates.has(p.name) && !origin.has(p.name));
  const entry = legendEntries(c).find((e) => e.layer === layer);
  const own = entry?.swatches.find((w) => w.property !== undefined && w.value === values[w.property]) ?? entry?.swatches[0];
  return [
    header(c, titleOf(collection, layer, s.lang), subject.name(s.lang), own ? swatch(own) : null),
    badges(s, values, t),
    actions(c, subject),
    h('div', { class: 'panel-body' },
      timeline(s, values, t),
      section(t.facts, list(facts, values, s)),
      coordinates(c, subject, t),
      historySection(c, subject),
      section(t.origin, list(shown.filter((p) => origin.has(p.name)), values, s)),
      collection?.attribution ? h('p', { class: 'fine' }, collection.attribution) : null),
  ];
}

function header(c: Context, eyebrow: string, name: string, drawing: SVGElement | null): HTMLElement {
  const t = textOf(c);
  return h('header', { class: 'panel-head' },
    h('div', {}, h('p', { class: 'eyebrow' }, drawing, eyebrow), h('h2', {}, name)),
    h('button', { type: 'button', class: 'ghost', 'aria-label': t.close, title: t.close, onclick: () => c.store.send({ type: 'select', target: null }) }, icon('close')));
}

function badges(s: State, values: Values, t: Text): HTMLElement {
  const text = (name: string): string | null => (typeof values[name] === 'string' ? (values[name] as string) : null);
  const code = text('code'), status = text('status');
  return h('div', { class: 'badges' },
    code ? h('span', { class: 'badge code' }, code) : null,
    status ? h('span', { class: `badge status ${status}` }, word(status, s.lang)) : null,
    values['schematic'] === true ? h('span', { class: 'badge warn' }, t.schematic) : null,
    values['doubtful'] === true ? h('span', { class: 'badge warn' }, t.doubtful) : null);
}

function actions(c: Context, subject: Subject): HTMLElement {
  const t = textOf(c);
  return h('div', { class: 'actions' },
    h('button', { type: 'button', class: 'primary', onclick: () => c.store.send({ type: 'ask', question: { from: subject.ref, radius: usualRadius, layers: null } }) }, icon('near'), t.near),
    h('button', { type: 'button', class: 'small', 'aria-label': t.zoomTo, title: t.zoomTo, onclick: () => { if (subject.geometry) c.map.fit(boxOf(subject.geometry), c.padding(), 16.5, c.calm()); } }, icon('target')),
    h('button', { type: 'button', class: 'small', 'aria-label': `${t.copy}: ${t.link}`, title: t.link, onclick: () => void copy(c, linkTo(subject.ref, writeLink, c.store.get())) }, icon('link')));
}

function section(title: string, body: HTMLElement | null): HTMLElement | null {
  return body ? h('section', {}, h('h3', {}, title), body) : null;
}

function list(properties: readonly LayerProperty[], values: Values, s: State): HTMLElement | null {
  const rows = properties.flatMap((p) => {
    const value = valueOf(p, values, s.lang);
    return value === null ? [] : [h('dt', {}, labelOf(p, s.lang)), h('dd', {}, value)];
  });
  return rows.length > 0 ? h('dl', {}, ...rows) : null;
}

/** The dates in their order, those to come hollow. */
function timeline(s: State, values: Values, t: Text): HTMLElement | null {
  const date = (name: string): string | null => (typeof values[name] === 'string' ? (values[name] as string) : null);
  const status = date('status');
  const since = status ? `${t.since} (${word(status, s.lang).toLocaleLowerCase()})` : t.since;
  const marks = ([['started', t.started], ['valid_from', since], ['planned_completion', t.planned], ['valid_to', t.until]] as const)
    .flatMap(([name, label]) => {
      const d = date(name);
      return d ? [{ d, label, text: formatDate(d, name === 'valid_from' ? date('date_precision') : null) }] : [];
    })
    .sort((p, q) => p.d.localeCompare(q.d));
  if (marks.length === 0) return null;
  const today = new Date().toISOString().slice(0, 10);
  const note = date(s.lang === 'en' ? 'date_note_en' : 'date_note');
  return h('section', {}, h('h3', {}, t.timeline),
    h('ol', { class: 'timeline' }, ...marks.map((m) => h('li', { class: m.d > today ? 'future' : '' }, h('time', { datetime: m.d }, m.text), h('span', {}, m.label)))),
    note ? h('p', { class: 'fine' }, note) : null);
}

function coordinates(c: Context, subject: Subject, t: Text): HTMLElement | null {
  if (!subject.geometry) return null;
  const at = placeOf(subject.geometry);
  const rows: [string, string][] = [
    [t.wgs84, formatDegrees(at[1], at[0])],
    [t.tm3, formatGrid(...toGrid(at, tm3))],
    [t.utm, formatGrid(...toGrid(at, utm48))],
  ];
  return h('section', { class: 'coordinates' }, h('h3', {}, t.coordinates),
    h('dl', {}, ...rows.flatMap(([label, value]) => [
      h('dt', {}, label),
      h('dd', {}, h('code', {}, value), h('button', { type: 'button', class: 'ghost small-icon', 'aria-label': `${t.copy}: ${label}`, title: t.copy, onclick: () => void copy(c, value) }, icon('copy'))),
    ])),
    h('p', { class: 'fine' }, t.datum));
}

