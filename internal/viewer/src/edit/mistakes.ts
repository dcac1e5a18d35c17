// Where the mistakes of a change set belong: to a field, a geometry, the message,
// or to a feature that somebody else has changed.

import type { Mistake } from '../api/types.ts';

export interface Placed {
  /** By feature and property; the geometry is '', the feature itself '*'. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly message: string; // about the message
  readonly rest: readonly string[]; // about nothing that is shown
  /** The features that are no longer as they were read. */
  readonly stale: readonly string[];
}

export const none: Placed = { fields: {}, message: '', rest: [], stale: [] };

/** Places the mistakes of a change set whose edits are those of the features named, in order, as sentences. */
export function placed(mistakes: readonly Mistake[], keys: readonly string[], say: (m: Mistake) => string): Placed {
  const fields: Record<string, Record<string, string>> = {}, rest: string[] = [], stale: string[] = [];
  let message = '';
  for (const m of mistakes) {
    const parts = (m.pointer ?? '').split('/').slice(1).map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));
    const key = parts[0] === 'edits' ? keys[Number(parts[1])] : undefined;
    if (parts[0] === 'message') message = say(m);
    else if (key === undefined) rest.push(say(m));
    else if (parts[2] === 'if_match' || parts[2] === 'id') stale.push(key);
    else {
      const name = parts[3] === 'properties' ? (parts[4] ?? '*') : parts[3] === 'geometry' ? '' : '*';
      const known = (fields[key] ??= {});
      known[name] = known[name] ? `${known[name]}; ${say(m)}` : say(m);
    }
  }
  return { fields, message, rest, stale };
}

/** Without what was told of a feature, or of one of its fields: it has been changed since. */
export function forgiven(p: Placed, key: string, name?: string): Placed {
  const { [key]: own, ...others } = p.fields;
  if (own === undefined) return p;
  if (name === undefined) return { ...p, fields: others };
  const { [name]: _, ...left } = own;
  return { ...p, fields: Object.keys(left).length > 0 ? { ...others, [key]: left } : others };
}
