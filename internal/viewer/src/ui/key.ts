// What an image and a sheet of paper show beside the map.

import { statuses, type State } from '../core/state.ts';
import { isShown } from '../core/style.ts';
import { titleOf } from '../core/catalogue.ts';
import { formatDate, formatMoment } from '../core/format.ts';
import { texts, word } from '../core/text.ts';
import { statusLine, swatch } from './swatch.ts';
import { legendEntries, type Context } from './context.ts';

export interface LegendLine { readonly drawing: SVGElement | null; readonly text: string } // null: a heading

/** The layers that are shown, with their swatches, and how lines tell of statuses. */
export function legendLines(c: Context, s: State): LegendLine[] {
  const layers = legendEntries(c).filter((e) => e.group !== 'base' && isShown(e.layer, e.off === true, s)).flatMap((e): LegendLine[] => {
    const title = titleOf(c.collections.get(e.layer), e.layer, s.lang);
    const single = e.swatches.length === 1 ? e.swatches[0] : undefined;
    if (single) return [{ drawing: swatch(single), text: title }];
    return [{ drawing: null, text: title }, ...e.swatches.map((w) => ({ drawing: swatch(w), text: word(w.value ?? '', s.lang) }))];
  });
  const stages = statuses.filter((x) => x !== 'retired' && !s.hidden.includes(x)).map((x) => ({ drawing: statusLine(x, '#22303c'), text: word(x, s.lang) }));
  return [...layers, { drawing: null, text: texts[s.lang].status }, ...stages];
}

/** The city on which day, and known when; empty for now. */
export function subtitleOf(s: State): string {
  const t = texts[s.lang];
  return [
    s.date === null ? '' : `${t.asOn} ${formatDate(s.date, null)}${s.swipe ? ` | ${formatDate(s.swipe.date, null)}` : ''}`,
    s.asOf === null ? '' : `${t.known} ${formatMoment(s.asOf, s.lang)}`,
  ].filter((x) => x !== '').join(' · ');
}

export function sourcesOf(c: Context): string {
  return [...new Set([...c.collections.values()].map((x) => x.attribution).filter(Boolean))].join(' · ');
}

/** What the map has just drawn, and the map beside it; only in the frame that drew it. */
export function copyOf(c: Context): HTMLCanvasElement {
  const from = c.map.gl.getCanvas(), copy = document.createElement('canvas');
  copy.width = from.width;
  copy.height = from.height;
  const g = copy.getContext('2d');
  g?.drawImage(from, 0, 0);
  const beside = c.map.beside;
  if (g && beside) {
    beside.map.gl.redraw();
    const ratio = from.width / Math.max(c.map.gl.getContainer().clientWidth, 1), x = Math.round(beside.from() * ratio);
    const second = beside.map.gl.getCanvas();
    if (x < second.width) g.drawImage(second, x, 0, second.width - x, second.height, x, 0, second.width - x, second.height);
    g.fillStyle = '#ffffff';
    g.fillRect(x - ratio, 0, 2 * ratio, copy.height);
  }
  return copy;
}
