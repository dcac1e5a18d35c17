// What the attributes of <hanoi-map> say.

import type { Lang } from './state.ts';

export interface ElementWishes {
  readonly center: readonly [number, number] | null; // lon, lat
  readonly zoom: number | null;
  readonly layers: readonly string[] | null; // null: all
  readonly date: string | null; // YYYY-MM-DD
  readonly lang: Lang;
  readonly dark: boolean;
}

export const elementAttributes = ['center', 'zoom', 'layers', 'datetime', 'lang', 'theme'] as const;

/** Reads the attributes; what makes no sense is as if it were not there. */
export function readElement(get: (name: (typeof elementAttributes)[number]) => string | null, darkScreen: boolean): ElementWishes {
  const numbers = (get('center') ?? '').split(',').map((t) => (t.trim() === '' ? NaN : Number(t)));
  const [lon, lat] = numbers;
  const zoom = Number(get('zoom') ?? NaN), theme = get('theme'), day = get('datetime') ?? '';
  const layers = (get('layers') ?? '').split(',').map((l) => l.trim()).filter((l) => l !== '');
  return {
    center: numbers.length === 2 && Math.abs(lon ?? NaN) <= 180 && Math.abs(lat ?? NaN) <= 85 ? [lon!, lat!] : null,
    zoom: zoom >= 0 && zoom <= 22 && get('zoom') !== '' ? zoom : null,
    layers: layers.length === 0 ? null : layers,
    date: /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : null,
    lang: get('lang') === 'en' ? 'en' : 'vi',
    dark: theme === 'dark' || (theme === 'auto' && darkScreen),
  };
}
