// The legend, which is the layer control too.

import { statuses, type State } from '../core/state.ts';
import { statusWord, type Text } from '../core/text.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { orderList } from './legendorder.ts';
import { row } from './legendrow.ts';
import { statusLine } from './swatch.ts';
import { legendEntries, textOf, type Context } from './context.ts';

const groups = ['rings', 'works', 'places', 'other', 'base'] as const;

/** Builds the panel. What it returns brings it up to date with a state. */
export function legendPanel(c: Context, panel: HTMLElement): (s: State) => void {
  let built: readonly unknown[] = [];
  let ordered = c.store.get().order.length > 0; // by the order of drawing rather than by theme
  let refresh: ((s: State) => void)[] = [];
  const view = (byOrder: boolean, text: string, id: string): HTMLElement => h('button', {
    type: 'button', class: 'chip', id, 'aria-pressed': String(ordered === byOrder),
    onclick: () => {
      ordered = byOrder;
      build(c.store.get());
      for (const update of refresh) update(c.store.get());
      panel.querySelector<HTMLElement>(`#${id}`)?.focus();
    },
  }, text);
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
        h('div', { class: 'legend-views', role: 'group', 'aria-label': t.arrange }, view(false, t.byTheme, 'legend-by-theme'), view(true, t.byOrder, 'legend-by-order')),
        ...(ordered ? [orderList(c, t, s, refresh)] : groups.flatMap((g) => {
          const members = entries.filter((e) => e.group === g);
          if (members.length === 0) return [];
          return [h('section', { class: 'legend-group' }, h('h3', {}, t[g]), h('ul', {}, ...members.map((e) => h('li', { 'data-layer': e.layer }, ...row(c, e, t, s, refresh)))))];
        })),
        h('p', { class: 'fine' }, t.official)),
    );
  };
  return (s) => {
    const wanted = [s.lang, c.style()]; // a style is another when layers came or went
    if (wanted.some((w, i) => w !== built[i])) {
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
