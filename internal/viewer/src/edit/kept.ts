// A draft as text, so that it outlives a reload. What is read back is looked at:
// another version of the page may have written it.

import { isNew, nothing, type Base, type Draft, type Shape } from './draft.ts';

const format = 1;

/** The text of a draft; '' when there is nothing worth keeping. */
export function writeDraft(d: Draft): string {
  if (Object.keys(d.now).length === 0 && d.message === '') return '';
  const bases = Object.fromEntries(Object.entries(d.bases).filter(([key]) => d.now[key] !== undefined));
  return JSON.stringify({ format, bases, now: d.now, made: d.made, message: d.message });
}

/** The draft that a text tells of; null when it makes no sense. */
export function readDraft(text: string): Draft | null {
  let v: unknown;
  try {
    v = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(v) || v['format'] !== format || !isObject(v['bases']) || !isObject(v['now'])) return null;
  const { made, message } = v;
  const bases: Record<string, Base> = {}, now: Record<string, Shape | null> = {};
  for (const [key, b] of Object.entries(v['bases'])) {
    if (!isShape(b) || !isBase(b)) return null;
    bases[key] = b;
  }
  for (const [key, s] of Object.entries(v['now'])) {
    const added = isNew(key);
    if ((s === null ? added : !isShape(s)) || (!added && bases[key] === undefined)) return null;
    now[key] = s as Shape | null;
  }
  return { ...nothing, bases, now, made: typeof made === 'number' ? made : 0, message: typeof message === 'string' ? message : '' };
}

function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

function isShape(v: unknown): v is Shape {
  if (!isObject(v)) return false;
  const { geometry, properties } = v;
  return isObject(geometry) && typeof geometry['type'] === 'string' && Array.isArray(geometry['type'] === 'GeometryCollection' ? geometry['geometries'] : geometry['coordinates']) && isObject(properties);
}

function isBase(v: object): v is Base {
  return 'layer' in v && typeof v.layer === 'string' && 'id' in v && typeof v.id === 'number' && 'etag' in v && typeof v.etag === 'string';
}
