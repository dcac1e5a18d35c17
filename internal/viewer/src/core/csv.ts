// Answers as tables for spreadsheets.

import type { NearbyFeature } from '../api/types.ts';

const columns = ['rank', 'layer', 'code', 'name', 'name_en', 'status', 'distance_m', 'bearing_deg', 'nearest_lon', 'nearest_lat'] as const;

/**
 * RFC 4180, UTF-8 with a byte order mark, without which Excel garbles
 * Vietnamese. Text that a spreadsheet would run as a formula gets a quote.
 */
export function hitsToCSV(hits: readonly NearbyFeature[]): string {
  const rows = hits.map((h, i) => [
    i + 1, h.layer, h.code ?? '', h.properties['name'], h.properties['name_en'], h.properties['status'],
    h.distance_m, h.bearing_deg, h.nearest_point[0], h.nearest_point[1],
  ]);
  return `\ufeff${[columns, ...rows].map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`;
}

function cell(v: unknown): string {
  if (v === null || v === undefined) return '';
  if (typeof v === 'number') return String(v);
  let text = String(v);
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
