// The address of a view: everything after #, so that any view can be sent.
//
//   #map=12.5/21.02880/105.85250&sel=intersections/NG01&r=3000&near=…

import {
  type FeatureRef, type Lang, type Place, type Question, type State, type Status, type Swipe, type View,
  initial, isPlace, radiusLimits, statuses, usualRadius,
} from './state.ts';

/** What a link says, and which of its parts made no sense. */
interface ReadLink {
  readonly state: State;
  readonly wrong: readonly string[];
}

export function writeLink(s: State): string {
  const parts: string[] = [];
  const put = (name: string, value: string): void => { parts.push(`${name}=${value}`); };
  if (s.view !== null) put('map', writeView(s.view));
  if (s.lang !== initial.lang) put('lang', s.lang);
  if (s.theme !== initial.theme) put('theme', s.theme);
  if (s.off.length > 0) put('off', s.off.map(encode).join(','));
  if (s.on.length > 0) put('on', s.on.map(encode).join(','));
  const opacity = Object.entries(s.opacity);
  if (opacity.length > 0) put('opacity', opacity.map(([l, v]) => `${encode(l)}:${Math.round(v * 100)}`).join(','));
  if (s.hidden.length > 0) put('hide', s.hidden.join(','));
  const hiddenIn = Object.entries(s.hiddenIn);
  if (hiddenIn.length > 0) put('hidein', hiddenIn.map(([l, v]) => `${encode(l)}:${v.join('+')}`).join(','));
  if (s.order.length > 0) put('order', s.order.map(encode).join(','));
  if (s.date !== null) put('date', s.date);
  if (s.asOf !== null) put('known', s.asOf);
  if (s.swipe !== null) put('swipe', `${s.swipe.date},${s.swipe.at}`);
  if (s.compare) put('diff', '1');
  if (s.selected !== null) put('sel', writeTarget(s.selected));
  if (s.near !== null) {
    put('near', writeTarget(s.near.from));
    put('r', String(s.near.radius));
    if (s.near.layers !== null) put('in', s.near.layers.map(encode).join(','));
  }
  if (s.measure !== null) put('measure', s.measure.map(([lon, lat]) => `${degrees(lat)},${degrees(lon)}`).join(';'));
  if (s.legend) put('legend', '1');
  return parts.length > 0 ? `#${parts.join('&')}` : '';
}

export function readLink(hash: string): ReadLink {
  const wrong: string[] = [];
  const given = new Map<string, string>();
  for (const part of hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    if (at > 0) given.set(part.slice(0, at), part.slice(at + 1));
    else if (part !== '') wrong.push(part);
  }
  const take = <T>(name: string, otherwise: T, read: (text: string) => T | undefined): T => {
    const text = given.get(name);
    given.delete(name);
    if (text === undefined) return otherwise;
    const value = read(text);
    if (value === undefined) wrong.push(`${name}=${text}`);
    return value ?? otherwise;
  };
  const from = take('near', null, readTarget);
  const radius = take('r', usualRadius, (t) => number(t, radiusLimits.min, radiusLimits.max));
  const layers = take<readonly string[] | null>('in', null, names);
  const near: Question | null = from === null ? null : { from, radius, layers };
  const state: State = {
    view: take('map', null, readView),
    lang: take<Lang>('lang', initial.lang, (t) => (t === 'vi' || t === 'en' ? t : undefined)),
    theme: take('theme', initial.theme, (t) => (t === 'light' || t === 'dark' || t === 'auto' ? t : undefined)),
    off: take('off', initial.off, names),
    on: take('on', initial.on, names),
    opacity: take('opacity', initial.opacity, readOpacity),
    hidden: take('hide', initial.hidden, readStatuses),
    hiddenIn: take('hidein', initial.hiddenIn, readHiddenIn),
    order: take('order', initial.order, names),
    date: take('date', initial.date, readDay),
    asOf: take('known', initial.asOf, readMoment),
    swipe: take('swipe', initial.swipe, readSwipe),
    compare: take('diff', initial.compare, (t) => t === '1'),
    selected: take('sel', null, readTarget),
    near,
    measure: take('measure', initial.measure, readPoints),
    legend: take('legend', initial.legend, (t) => t === '1'),
  };
  for (const [name, text] of given) wrong.push(`${name}=${text}`);
  return { state, wrong };
}

function writeView(v: View): string {
  const turned = v.bearing !== 0 || v.pitch !== 0;
  const base = `${round(v.zoom, 2)}/${degrees(v.lat)}/${degrees(v.lon)}`;
  return turned ? `${base}/${round(v.bearing, 1)}/${round(v.pitch, 1)}` : base;
}

function readView(text: string): View | undefined {
  const parts = text.split('/');
  if (parts.length !== 3 && parts.length !== 5) return undefined;
  const zoom = number(parts[0], 0, 22), lat = number(parts[1], -85, 85), lon = number(parts[2], -180, 180);
  const bearing = number(parts[3] ?? '0', -360, 360), pitch = number(parts[4] ?? '0', 0, 85);
  if (zoom === undefined || lat === undefined || lon === undefined || bearing === undefined || pitch === undefined) return undefined;
  return { zoom, lat, lon, bearing, pitch };
}

function writeTarget(t: FeatureRef | Place): string {
  return isPlace(t) ? `@${degrees(t.lat)},${degrees(t.lon)}` : `${encode(t.layer)}/${encode(t.key)}`;
}

function readTarget(text: string): FeatureRef | Place | undefined {
  if (text.startsWith('@')) {
    const [lat, lon] = text.slice(1).split(',').map((t) => number(t, -180, 180));
    return lat === undefined || lon === undefined || Math.abs(lat) > 90 ? undefined : { lon, lat };
  }
  const [layer, key] = text.split('/').map(decode);
  return layer && key ? { layer, key } : undefined;
}

function readOpacity(text: string): Record<string, number> | undefined {
  const all: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [layer, value] = part.split(':');
    const percent = number(value, 0, 100);
    if (!layer || percent === undefined) return undefined;
    all[decode(layer)] = percent / 100;
  }
  return all;
}

function readHiddenIn(text: string): State['hiddenIn'] | undefined {
  const all: Record<string, readonly Status[]> = {};
  for (const part of text.split(',')) {
    const [layer, list] = part.split(':');
    const some = readStatuses((list ?? '').replaceAll('+', ','));
    if (!layer || !some) return undefined;
    all[decode(layer)] = some;
  }
  return all;
}

function readDay(text: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

function readMoment(text: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

function readSwipe(text: string): Swipe | undefined {
  const [day, at] = text.split(',');
  const date = readDay(day ?? ''), percent = number(at, 0, 100);
  return date === undefined || percent === undefined ? undefined : { date, at: Math.round(percent) };
}

function readStatuses(text: string): readonly Status[] | undefined {
  const all = text.split(',').filter((t): t is Status => (statuses as readonly string[]).includes(t));
  return all.length > 0 ? all : undefined;
}

function readPoints(text: string): State['measure'] | undefined {
  if (text === '') return [];
  const all: [number, number][] = [];
  for (const pair of text.split(';').slice(0, 500)) {
    const [lat, lon] = pair.split(',').map((t) => number(t, -180, 180));
    if (lat === undefined || lon === undefined || Math.abs(lat) > 90) return undefined;
    all.push([lon, lat]);
  }
  return all;
}

function names(text: string): readonly string[] | undefined {
  const all = text.split(',').map(decode).filter((t) => t !== '');
  return all.length > 0 ? all : undefined;
}

function number(text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const v = Number(text);
  return Number.isFinite(v) && v >= min && v <= max ? v : undefined;
}

/** Degrees to 1e-6: 0.1 m. */
function degrees(v: number): string { return round(v, 6); }

function round(v: number, decimals: number): string { return String(Number(v.toFixed(decimals))); }

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2C', ',').replaceAll(',', '%2C');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
