// Numbers, distances, directions and dates as people write them.

import type { Lang } from './state.ts';
import { texts } from './text.ts';

const locales: Record<Lang, string> = { vi: 'vi-VN', en: 'en-GB' };

export function formatNumber(v: number, lang: Lang, decimals = 3): string {
  return new Intl.NumberFormat(locales[lang], { maximumFractionDigits: decimals }).format(v);
}

/** A distance in metres: 12 m, 350 m, 2,4 km, 15 km. */
export function formatDistance(metres: number, lang: Lang): string {
  if (metres < 9.95) return `${formatNumber(metres, lang, 1)} m`;
  if (metres < 999.5) return `${formatNumber(metres, lang, 0)} m`;
  return `${formatNumber(metres / 1000, lang, metres < 99_950 ? 2 : 0)} km`;
}

/** An area in square metres: 800 m², 3,2 ha, 15 km². */
export function formatArea(square: number, lang: Lang): string {
  if (square < 10_000) return `${formatNumber(square, lang, 0)} m²`;
  if (square < 1_000_000) return `${formatNumber(square / 10_000, lang, 2)} ha`;
  return `${formatNumber(square / 1_000_000, lang, 2)} km²`;
}

/** The word for a bearing in degrees clockwise from north. */
export function formatBearing(degrees: number, lang: Lang): string {
  const i = ((Math.round(degrees / 45) % 8) + 8) % 8;
  return texts[lang].north8[i] ?? '';
}

/** A date of the data, which may be known to the month or the year only. */
export function formatDate(iso: string, precision: string | null): string {
  const m = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (!m) return iso;
  const [, year, month, day] = m;
  if (precision === 'year') return year ?? iso;
  if (precision === 'month') return `${month}/${year}`;
  return `${day}/${month}/${year}`;
}

/** A moment as the clock here shows it. */
export function formatMoment(iso: string, lang: Lang): string {
  const t = new Date(iso);
  if (Number.isNaN(t.getTime())) return iso;
  return new Intl.DateTimeFormat(locales[lang], { dateStyle: 'short', timeStyle: 'medium' }).format(t);
}

export function formatDegrees(lat: number, lon: number): string {
  return `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
}

/** Easting and northing in metres, to the decimetre: the shift is good to 1 m. */
export function formatGrid(e: number, n: number): string {
  return `${e.toFixed(1)}, ${n.toFixed(1)}`;
}
