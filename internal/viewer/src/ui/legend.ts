// The legend, which is the layer control too.

import { isShown, type LegendEntry } from '../core/style.ts';
import { statuses, type State, type Status } from '../core/state.ts';
import { titleOf } from '../core/catalogue.ts';
import { formatNumber } from '../core/format.ts';
import { statusWord, word, type Text } from '../core/text.ts';
import { h, svg } from './dom.ts';
import { icon } from './icons.ts';
import { swatch } from './swatch.ts';
import { legendEntries, textOf, type Context } from './context.ts';

const groups = ['rings', 'works', 'places', 'other', 'base'] as const;

/** Builds the panel. What it returns brings it up to date with a state. */
export function legendPanel(c: Context, panel: HTMLElement): (s: State) => void {
  let built = '';
  let refresh: ((s: State) => void)[] = [];
  const build = (s: State): void => {
    const t = textOf(c);
    refresh = [];
    const entries = legendEntries(c);
    panel.setAttribute('aria-label', t.layers);
    panel.replaceChildren(
      h('header', { class: 'panel-head' },
        h('h2', {}, t.layers),
        h('button', { type: 'button', class: 'ghost', 'aria-label': t.close, title: t.close, onclick: () => c.store.send({ type: 'legend', open: false }) }, icon('close'))),
      h('div', { class: 'panel-body' },
        statusFilter(c, t, refresh),
        ...groups.flatMap((g) => {
          const members = entries.filter((e) => e.group === g);
          if (members.length === 0) return [];
          return [h('section', { class: 'legend-group' }, h('h3', {}, t[g]), h('ul', {}, ...members.map((e) => row(c, e, t, s, refresh))))];
        }),
        h('p', { class: 'fine' }, t.official)),
    );
  };
  return (s) => {
    const wanted = `${s.lang}/${c.style().name ?? ''}`;
    if (built !== wanted) {
      build(s);
      built = wanted;
    }
    panel.hidden = !s.legend;
    for (const update of refresh) update(s);
  };
}

function statusFilter(c: Context, t: Text, refresh: ((s: State) => void)[]): HTMLElement {
  const lang = c.store.get().lang;
  return h('fieldset', { class: 'statuses' }, h('legend', {}, t.status),
    ...statuses.map((status) => {
      const box = h('input', { type: 'checkbox', onchange: () => c.store.send({ type: 'status', status, shown: box.checked }) });
      refresh.push((s) => { box.checked = !s.hidden.includes(status); });
      return h('label', {}, box, statusLine(status), h('span', {}, statusWord(status, lang)));
    }));
}

/** How a line of that status is drawn. */
function statusLine(status: Status): SVGElement {
  const dashes: Record<Status, Record<string, string>> = {
    in_operation: {}, under_construction: { 'stroke-dasharray': '6 3' },
    planned: { 'stroke-dasharray': '0.1 5.5', 'stroke-linecap': 'round' }, retired: { 'stroke-dasharray': '2 4', opacity: '0.5' },
  };
  return svg('svg', { viewBox: '0 0 24 16', class: 'swatch', 'aria-hidden': 'true' },
    svg('path', { d: 'M2 8h20', stroke: 'currentColor', 'stroke-width': 3, fill: 'none', ...dashes[status] }));
}

function row(c: Context, e: LegendEntry, t: Text, s: State, refresh: ((s: State) => void)[]): HTMLElement {
  const collection = c.collections.get(e.layer);
  const title = titleOf(collection, e.layer, s.lang);
  const single = e.swatches.length === 1 ? e.swatches[0] : undefined;
  const box = h('input', {
    type: 'checkbox',
    onchange: () => c.store.send({ type: 'layer', layer: e.layer, shown: box.checked, startsOff: e.off === true }),
  });
  const range = h('input', {
    type: 'range', min: 10, max: 100, step: 5, 'aria-label': `${t.opacity}: ${title}`,
    oninput: () => c.store.send({ type: 'opacity', layer: e.layer, opacity: Number(range.value) / 100 }),
  });
  refresh.push((now) => {
    box.checked = isShown(e.layer, e.off === true, now);
    range.value = String(Math.round((now.opacity[e.layer] ?? 1) * 100));
  });
  const more = h('div', { class: 'row-more', hidden: true },
    h('label', { class: 'opacity' }, h('span', {}, t.opacity), range),
    h('button', { type: 'button', class: 'small', onclick: () => zoomTo(c, e.layer) }, icon('target'), t.zoomTo));
  const toggle = h('button', {
    type: 'button', class: 'ghost small-icon', 'aria-expanded': 'false', 'aria-label': `${t.more}: ${title}`, title: t.more,
    onclick: () => {
      more.hidden = !more.hidden;
      toggle.setAttribute('aria-expanded', String(!more.hidden));
    },
  }, icon('more'));
  return h('li', { 'data-layer': e.layer },
    h('div', { class: 'row' },
      h('label', { class: 'row-name' }, box, single ? swatch(single) : null, h('span', {}, title)),
      h('span', { class: 'count', title: t.features }, collection ? formatNumber(collection.numberOfFeatures, s.lang) : ''),
      toggle),
    single ? null : h('ul', { class: 'swatches' }, ...e.swatches.map((w) => h('li', {}, swatch(w), h('span', {}, word(w.value ?? '', s.lang))))),
    more);
}

function zoomTo(c: Context, layer: string): void {
  const box = c.collections.get(layer)?.extent?.spatial.bbox[0];
  if (box) c.map.fit([box[0], box[1], box[2], box[3]], c.padding(), 16, c.calm());
}
