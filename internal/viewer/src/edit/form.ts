// The form of a feature, made from the schema of its layer.

import type { LayerDefinition, LayerProperty } from '../api/types.ts';
import type { Values } from '../core/catalogue.ts';
import { statuses } from '../core/state.ts';
import { coded } from '../core/text.ts';

type Control = 'text' | 'long' | 'integer' | 'number' | 'date' | 'choice' | 'boolean' | 'json';

export interface Field {
  readonly property: LayerProperty;
  readonly control: Control;
  readonly required: boolean;
  readonly options: readonly string[]; // of a choice
}

/** Sets that the server holds values to. */
const closed: Readonly<Record<string, readonly string[]>> = { status: statuses, date_precision: ['day', 'month', 'year'] };

/** What is always shown; the rest only where there is a value. */
const leading: ReadonlySet<string> = new Set(['code', 'name', 'name_en', 'status', 'valid_from', 'valid_to', 'planned_completion']);

const longText = 60; // characters

export function fieldOf(l: LayerDefinition, p: LayerProperty, value: unknown): Field {
  const options = closed[p.name] ?? [];
  return { property: p, control: options.length > 0 ? 'choice' : controlOf(p, value), required: p.name === 'code' && l.key === 'code', options };
}

function controlOf(p: LayerProperty, value: unknown): Control {
  switch (p.type) {
    case 'integer': case 'number': case 'date': case 'boolean': case 'json': return p.type;
    case 'instant': return 'text';
    default: return /note|description/.test(p.name) || (typeof value === 'string' && (value.length > longText || value.includes('\n'))) ? 'long' : 'text';
  }
}

/** The fields in two groups: those to see at once, and those to open. */
export function fieldsOf(l: LayerDefinition, values: Values): { readonly first: readonly Field[]; readonly rest: readonly Field[] } {
  const shown = (p: LayerProperty): boolean => leading.has(p.name) || coded.has(p.name) || p.name === l.key || (values[p.name] ?? null) !== null;
  const fields = (wanted: boolean): Field[] => l.properties.filter((p) => shown(p) === wanted).map((p) => fieldOf(l, p, values[p.name]));
  return { first: fields(true), rest: fields(false) };
}

/** A value as the control shows it. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

type Wrong = 'integer' | 'number' | 'date' | 'json' | 'required';

/** The value that a text means to a field; null for none. */
export function readValue(f: Field, text: string): { readonly value: unknown } | { readonly wrong: Wrong } {
  const given = f.control === 'text' || f.control === 'long' ? text.normalize('NFC') : text.trim();
  if (given.trim() === '') return f.required ? { wrong: 'required' } : { value: null };
  switch (f.control) {
    case 'boolean': return { value: given === 'true' };
    case 'integer': return /^[+-]?\d+$/.test(given) && Number.isSafeInteger(Number(given)) ? { value: Number(given) } : { wrong: 'integer' };
    case 'number': {
      const v = Number(given.replace(',', '.'));
      return Number.isFinite(v) ? { value: v } : { wrong: 'number' };
    }
    case 'date': return /^\d{4}-\d{2}-\d{2}$/.test(given) ? { value: given } : { wrong: 'date' };
    case 'json':
      try {
        return { value: JSON.parse(given) as unknown };
      } catch {
        return { wrong: 'json' };
      }
    default: return { value: given };
  }
}

/** Keys whose required fields are empty, and which those are. */
export function missing(l: LayerDefinition | undefined, values: Values): string[] {
  return (l?.properties ?? []).filter((p) => fieldOf(l!, p, null).required && ['', null, undefined].includes(values[p.name] as string | null | undefined)).map((p) => p.name);
}
