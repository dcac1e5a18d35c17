// The layers of the city as /collections lists them, with labels for people.

import type { Collection, Feature, LayerProperty } from '../api/types.ts';
import type { Lang } from './state.ts';
import { coded, texts, word } from './text.ts';
import { formatDate, formatNumber } from './format.ts';

export type Values = Feature['properties'];

export function titleOf(c: Collection | undefined, id: string, lang: Lang): string {
  if (!c) return id;
  return (lang === 'vi' ? c.title || c.title_en : c.title_en || c.title) || id;
}

/** The label of a property, without the hints that stand in brackets for clerks. */
export function labelOf(p: LayerProperty, lang: Lang): string {
  const text = (lang === 'vi' ? p.title || p.title_en : p.title_en || p.title) || p.name;
  return text.replace(/ \((?:Vietnamese|tiếng Anh|[a-z][^)]*)\)$/, '');
}

/** The name of a feature in a language, or in the other, or its code. */
export function nameOf(values: Values, lang: Lang): string {
  const pick = (name: string): string => (typeof values[name] === 'string' ? (values[name] as string) : '');
  const [first, second] = lang === 'vi' ? ['name', 'name_en'] : ['name_en', 'name'];
  return pick(first) || pick(second) || pick('code') || pick('ref') || texts[lang].unnamed;
}

/** The value of a property as text, or null when there is none. */
export function valueOf(p: LayerProperty, values: Values, lang: Lang): string | null {
  const v = values[p.name];
  if (v === null || v === undefined || v === '') return null;
  if (typeof v === 'boolean') return v ? texts[lang].yes : texts[lang].no;
  if (typeof v === 'number') return formatNumber(v, lang) + (p.unit ? ` ${unitOf(p.unit, lang)}` : '');
  if (typeof v === 'string') {
    if (p.type === 'date') return formatDate(v, typeof values['date_precision'] === 'string' && p.name === 'valid_from' ? values['date_precision'] : null);
    return coded.has(p.name) ? word(v, lang) : v;
  }
  return listOf(v, lang, p.unit);
}

export function unitOf(unit: string, lang: Lang): string {
  return unit === 'billion VND' && lang === 'vi' ? 'tỷ đồng' : unit;
}

function listOf(v: unknown, lang: Lang, unit?: string): string {
  if (Array.isArray(v)) return v.map((x) => listOf(x, lang, unit)).join(', ');
  if (typeof v === 'object' && v !== null) return Object.entries(v).map(([k, x]) => `${k}: ${listOf(x, lang, unit)}`).join('; ');
  if (typeof v === 'number') return formatNumber(v, lang) + (unit ? ` ${unit}` : '');
  return String(v);
}

/**
 * The properties that a card in a language shows: not those that are only the
 * other language of one that is shown.
 */
export function shownProperties(c: Collection, lang: Lang): readonly LayerProperty[] {
  const all = new Set(c.properties.map((p) => p.name));
  return c.properties.filter((p) => {
    if (p.name.endsWith('_en') && all.has(p.name.slice(0, -3))) return lang === 'en';
    return !(lang === 'en' && all.has(`${p.name}_en`));
  });
}
