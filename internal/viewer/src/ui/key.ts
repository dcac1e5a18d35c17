// What an image and a sheet of paper show beside the map.

import { statuses, type Lang, type State } from '../core/state.ts';
import { isShown } from '../core/style.ts';
import { titleOf } from '../core/catalogue.ts';
import { formatDate, formatDistance, formatMoment } from '../core/format.ts';
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

/** What is asked or selected, the city on which day, and known when; empty where nothing is and for now. */
export function subtitleOf(c: Context, s: State): string {
  const t = texts[s.lang], name = c.subject()?.name(s.lang) ?? '';
  return [
    name !== '' && s.near ? `${t.nearOf} ${name}, ${t.within.toLowerCase()} ${formatDistance(s.near.radius, s.lang)}` : name,
    s.date === null ? '' : `${t.asOn} ${formatDate(s.date, null)}${s.swipe ? ` | ${formatDate(s.swipe.date, null)}` : ''}`,
    s.asOf === null ? '' : `${t.known} ${formatMoment(s.asOf, s.lang)}`,
  ].filter((x) => x !== '').join(' · ');
}

/** The letter for north on maps: B for bắc. */
export function northLetter(lang: Lang): string { return (texts[lang].north8[0] ?? 'n').slice(0, 1).toUpperCase(); }

/** When an image or a sheet is made, to the minute. */
export function printedOn(lang: Lang, now = new Date()): string {
  return new Intl.DateTimeFormat(lang === 'vi' ? 'vi-VN' : 'en-GB', { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(now);
}

export function sourcesOf(c: Context): string {
  return [...new Set([...c.collections.values()].map((x) => x.attribution).filter(Boolean))].join(' · ');
}
