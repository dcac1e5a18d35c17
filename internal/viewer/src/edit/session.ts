// What an editor is at: the screen, what is drawn or selected. Nothing of this is
// worth keeping beyond the page; the draft is.

import type { Geometry } from 'geojson';
import type { FeatureRef } from '../core/state.ts';
import type { LonLat } from '../geo/ellipsoid.ts';
import type { LayerDefinition } from '../api/types.ts';
import type { Conflict } from './merge.ts';
import { none, type Placed } from './mistakes.ts';
import type { Kind, Path } from './shape.ts';
import type { Snapped } from './snap.ts';

type Screen = 'key' | 'reader' | 'list' | 'draw' | 'feature' | 'review' | 'conflict';

/** A hole or a part more of a feature. */
export interface Adding {
  readonly key: string;
  readonly as: 'hole' | 'part';
}

export interface Session {
  readonly screen: Screen;
  readonly name: string; // whose the key is
  readonly role: string;
  readonly layers: readonly LayerDefinition[]; // that may be written
  readonly layer: string; // the one to draw into
  readonly kind: Kind; // of what is drawn
  readonly adding: Adding | null; // what is drawn is a piece of a feature; null: a feature of its own
  readonly sketch: readonly LonLat[]; // drawn so far
  readonly pointer: LonLat | null; // where the next vertex would be
  readonly wanted: FeatureRef | null; // to be opened as soon as the key is known
  readonly active: string | null; // key of the feature that is edited
  readonly vertex: Path | null; // the chosen one
  readonly whole: boolean; // whether dragging moves the whole
  readonly live: Geometry | null; // of the active feature, while it is dragged
  readonly snap: boolean;
  readonly snapped: Snapped | null;
  readonly mistakes: Placed;
  readonly stale: readonly string[]; // features that others have changed meanwhile
  readonly conflicts: readonly Conflict[];
  readonly saved: number | null; // the version that the last save made
  readonly busy: boolean;
  readonly trouble: string; // a sentence that stands until the next try
}

export const start: Session = {
  screen: 'key', name: '', role: '', layers: [], layer: '', kind: 'Point', adding: null, sketch: [], pointer: null, wanted: null, active: null, vertex: null, whole: false,
  live: null, snap: true, snapped: null, mistakes: none, stale: [], conflicts: [], saved: null, busy: false, trouble: '',
};

/** What of a session ends when another screen is shown. */
export const fresh: Partial<Session> = { adding: null, sketch: [], pointer: null, active: null, vertex: null, whole: false, live: null, snapped: null, trouble: '' };

export function definitionOf(s: Session, layer: string): LayerDefinition | undefined {
  return s.layers.find((l) => l.id === layer);
}
