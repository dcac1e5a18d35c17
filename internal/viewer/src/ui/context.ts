// What the parts of the page share.

import type { StyleSpecification } from 'maplibre-gl';
import type { Store } from '../core/store.ts';
import type { Action, FeatureRef, Place, State } from '../core/state.ts';
import type { Collection, LegendEntry } from '../api/types.ts';
import { texts, type Text } from '../core/text.ts';
import { legendOf } from '../core/style.ts';
import type { Subject } from './subject.ts';
import type { Say } from './messages.ts';
import type { CityMap, Padding } from '../map/map.ts';
import type { Problem } from '../api/client.ts';

export interface Context {
  readonly store: Store<State, Action>;
  readonly map: CityMap;
  readonly collections: ReadonlyMap<string, Collection>;
  style(): StyleSpecification; // the server's, before the person's changes
  padding(): Padding; // what panels cover
  subject(): Subject | null; // what is selected or asked about, once it is loaded
  readonly say: Say;
  calm(): boolean;
}

export function textOf(c: Context): Text { return texts[c.store.get().lang]; }

/** Why the server did not answer, in a sentence. */
export function problemText(c: Context, error: Problem): string {
  const t = textOf(c);
  return error.status === 0 ? t.unreachable : `${t.problem}: ${error.detail || error.message}`;
}

export function legendEntries(c: Context): readonly LegendEntry[] { return legendOf(c.style()); }

/** The layers that people ask about: all but the ground. */
export function layersOfInterest(c: Context): string[] {
  return legendEntries(c).filter((e) => e.group !== 'base' && e.layer !== 'city_outline').map((e) => e.layer);
}

export function linkTo(target: FeatureRef | Place, write: (s: State) => string, s: State): string {
  return location.origin + location.pathname + write({ ...s, view: null, near: null, measure: null, legend: false, selected: target });
}

export async function copy(c: Context, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no permission, or the page came over plain HTTP
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  c.say(`${textOf(c).copied}: ${text}`);
}
