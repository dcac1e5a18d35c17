// What there is to snap to: features that are seen near the pointer, with all
// their digits, which tiles do not have, and those of the draft.

import type { Geometry } from 'geojson';
import type { LonLat } from '../../geo/ellipsoid.ts';
import { readBase } from '../../api/write.ts';
import { current } from '../../edit/draft.ts';
import { snap, type Snapped } from '../../edit/snap.ts';
import type { Spot } from '../../map/sketch.ts';
import type { Desk } from './desk.ts';

const around = 40; // pixels within which features are fetched beforehand
const most = { kept: 300, atOnce: 6, seen: 30 } as const;

export interface Targets {
  /** Where a vertex at the spot would come to lie; the spot itself when nothing is near. */
  at(s: Spot): { readonly at: LonLat; readonly snapped: Snapped | null };
  /** Forgets what may have changed. */
  forget(): void;
}

export function targets(d: Desk, arrived: () => void): Targets {
  const known = new Map<string, Geometry | null>(); // null while it is on its way
  let under = 0;
  const bring = async (key: string, layer: string, id: string): Promise<void> => {
    known.set(key, null);
    under++;
    try {
      const base = await readBase(d.key(), layer, id);
      if (base && known.get(key) === null) known.set(key, base.geometry);
      arrived();
    } catch {
      known.delete(key); // asked for again when the pointer comes back
    } finally {
      under--;
    }
  };
  const seen = (s: Spot): Geometry[] => {
    const now = d.draft.get(), { active } = d.session.get();
    const found: Geometry[] = [];
    for (const p of d.c.map.pick(s.x, s.y, around).slice(0, most.seen)) {
      const key = `${p.layer}/${p.id}`;
      if (p.id === null || key === active || now.now[key] !== undefined) continue;
      const g = known.get(key);
      if (g) found.push(g);
      else if (g === undefined && under < most.atOnce) void bring(key, p.layer, String(p.id));
    }
    if (known.size > most.kept) known.clear();
    for (const key of Object.keys(now.now)) {
      const shape = key === active ? null : current(now, key);
      if (shape) found.push(shape.geometry);
    }
    return found;
  };
  return {
    at(s) {
      if (!d.session.get().snap) return { at: s.at, snapped: null };
      const snapped = snap(s.at, seen(s), s.metres);
      return { at: snapped?.at ?? s.at, snapped };
    },
    forget: () => known.clear(),
  };
}
