// How much differs between today and the chosen day.

import type { State } from '../core/state.ts';
import { differenceColours, differenceQuery, type Change } from '../core/difference.ts';
import { formatNumber } from '../core/format.ts';
import type { FeatureCollection } from '../api/types.ts';
import { getJSON, latest, Problem } from '../api/client.ts';
import { h } from './dom.ts';
import { textOf, type Context } from './context.ts';

export function differenceTotals(c: Context): { element: HTMLElement; update(s: State): void } {
  const element = h('span', { class: 'totals', role: 'status' });
  const run = latest();
  let asked = '';
  return {
    element,
    update(s) {
      element.hidden = !s.compare;
      if (!s.compare || s.date === null) return;
      const path = `/diff?${differenceQuery(new Date().toISOString().slice(0, 10), s.date, s.asOf)}&limit=1`;
      if (asked === `${path}${s.lang}`) return;
      asked = `${path}${s.lang}`;
      run(async (signal) => {
        try {
          const { body } = await getJSON<FeatureCollection>(path, signal);
          const t = textOf(c);
          const names: Record<Change, string> = { added: t.added, changed: t.changedKind, removed: t.removedKind };
          element.replaceChildren(...(Object.keys(names) as Change[]).map((kind) => {
            const dot = h('i', { 'aria-hidden': 'true' });
            dot.style.background = differenceColours[kind];
            return h('span', {}, dot, `${formatNumber((body.totals ?? []).reduce((n, x) => n + x[kind], 0), s.lang)} ${names[kind]}`);
          }));
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          element.textContent = textOf(c).problem;
        }
      });
    },
  };
}
