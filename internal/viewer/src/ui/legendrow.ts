// A layer in the legend.

import type { LegendEntry } from '../api/types.ts';
import { isShown } from '../core/style.ts';
import { statuses, type State } from '../core/state.ts';
import { titleOf } from '../core/catalogue.ts';
import { formatNumber } from '../core/format.ts';
import { statusWord, word, type Text } from '../core/text.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { swatch } from './swatch.ts';
import type { Context } from './context.ts';

/** One layer: its box, what it looks like, how many there are; and, folded away, opacity and statuses. */
export function row(c: Context, e: LegendEntry, t: Text, s: State, refresh: ((s: State) => void)[]): HTMLElement[] {
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
  const count = h('span', { class: 'count', title: t.features });
  refresh.push((now) => {
    box.checked = isShown(e.layer, e.off === true, now);
    const counted = c.collections.get(e.layer)?.numberOfFeatures;
    count.textContent = counted === undefined ? '' : formatNumber(counted, s.lang);
    range.value = String(Math.round((now.opacity[e.layer] ?? 1) * 100));
  });
  const more = h('div', { class: 'row-more', hidden: true },
    h('label', { class: 'opacity' }, h('span', {}, t.opacity), range),
    h('button', { type: 'button', class: 'small', onclick: () => zoomTo(c, e.layer) }, icon('target'), t.zoomTo),
    collection?.properties.some((p) => p.name === 'status') ? statusBoxes(c, e.layer, t, s, refresh) : null);
  const toggle = h('button', {
    type: 'button', class: 'ghost small-icon', 'aria-expanded': 'false', 'aria-label': `${t.more}: ${title}`, title: t.more,
    onclick: () => {
      more.hidden = !more.hidden;
      toggle.setAttribute('aria-expanded', String(!more.hidden));
    },
  }, icon('more'));
  return [
    h('div', { class: 'row' },
      h('label', { class: 'row-name' }, box, single ? swatch(single) : null, h('span', {}, title)),
      count,
      toggle),
    ...(single ? [] : [h('ul', { class: 'swatches' }, ...e.swatches.map((w) => h('li', {}, swatch(w), h('span', {}, word(w.value ?? '', s.lang)))))]),
    more,
  ];
}

/** The statuses of one layer that are shown, beside those that all layers show. */
function statusBoxes(c: Context, layer: string, t: Text, s: State, refresh: ((s: State) => void)[]): HTMLElement {
  return h('fieldset', { class: 'statuses of-layer' }, h('legend', {}, t.status), ...statuses.map((status) => {
    const box = h('input', { type: 'checkbox', 'data-status': status, onchange: () => c.store.send({ type: 'layerStatus', layer, status, shown: box.checked }) });
    refresh.push((now) => {
      box.checked = !now.hidden.includes(status) && !(now.hiddenIn[layer] ?? []).includes(status);
      box.disabled = now.hidden.includes(status);
    });
    return h('label', {}, box, h('span', {}, statusWord(status, s.lang)));
  }));
}

function zoomTo(c: Context, layer: string): void {
  const box = c.collections.get(layer)?.extent?.spatial?.bbox[0];
  if (box) c.map.fit([box[0], box[1], box[2], box[3]], c.padding(), 16, c.calm());
}
