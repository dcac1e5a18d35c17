// The editor's hand on the map: draws, chooses, drags.

import type { LonLat } from '../../geo/ellipsoid.ts';
import { type Hand, type Spot } from '../../map/sketch.ts';
import { changesOf } from '../../edit/changes.ts';
import { activeGeometry, handlesOf } from '../../edit/paint.ts';
import { inserted, moved, rounded, shifted, type Path } from '../../edit/shape.ts';
import { distanceTo, nearestVertex } from '../../edit/snap.ts';
import { meantAt } from '../pointing.ts';
import { activate, addVertex, change, finishSketch, openFeature, show } from './actions.ts';
import { seenBox, titleOfLayer, type Desk } from './desk.ts';
import type { Targets } from './targets.ts';
import type { Geometry } from 'geojson';

/** What is held: a vertex, or a place of the whole shape. */
type Held = { readonly path: Path; readonly whole: boolean; readonly geometry: Geometry; readonly from: LonLat; moved: boolean };

/** The hand, and how it is told that there is more to snap to where it is. */
export function editorsHand(d: Desk, t: Targets): Hand & { again(): void } {
  let held: Held | null = null;
  let last: Spot | null = null; // where a vertex is drawn or dragged
  const grabbed = (s: Spot): Held | null => {
    const now = d.session.get(), g = activeGeometry(d.draft.get(), now);
    if (now.screen !== 'feature' || !g || now.busy) return null;
    const { vertices, middles } = handlesOf(g, seenBox(d));
    const vertex = nearestVertex(s.at, vertices, s.metres);
    if (now.whole && distanceTo(g, s.at) <= s.metres) {
      return { path: [], whole: true, geometry: g, from: vertex?.at ?? s.at, moved: false };
    }
    if (vertex) return { path: vertex.path, whole: false, geometry: g, from: vertex.at, moved: false };
    const middle = nearestVertex(s.at, middles, s.metres * 0.8);
    return middle && { path: middle.path, whole: false, geometry: inserted(g, middle.path, middle.at), from: middle.at, moved: false };
  };
  /** Closes or ends what is drawn by its own first or last vertex. */
  const ends = (s: Spot): boolean => {
    const { kind, sketch } = d.session.get();
    const own = (p: LonLat | undefined): boolean => p !== undefined && nearestVertex(s.at, [{ path: [], at: p }], s.metres) !== null;
    return kind !== 'Point' && (own(sketch.at(-1)) || (kind === 'Polygon' && sketch.length > 2 && own(sketch[0])));
  };
  const point = (s: Spot): void => {
    const { at, snapped } = t.at(s);
    last = s;
    d.session.send({ pointer: at, snapped });
  };
  const drag = (s: Spot): void => {
    if (held === null) return;
    const { at, snapped } = t.at(s), to = rounded(at);
    last = s;
    held.moved = true;
    const live = held.whole ? shifted(held.geometry, to[0] - held.from[0], to[1] - held.from[1]) : moved(held.geometry, held.path, to);
    d.session.send({ live, snapped, vertex: held.whole ? d.session.get().vertex : held.path });
  };
  return {
    again() { // the pointer may be at rest
      if (last === null) return;
      if (held) drag(last);
      else if (d.session.get().screen === 'draw' && d.session.get().pointer) point(last);
    },
    move(s) {
      const now = d.session.get();
      if (now.screen === 'draw') {
        point(s);
        d.c.map.cursor('crosshair');
        return;
      }
      const grab = grabbed(s);
      d.c.map.cursor(grab ? 'move' : meantAt(d.c, s.x, s.y) ? 'pointer' : '');
    },
    click(s) {
      const now = d.session.get();
      if (now.busy || now.screen === 'key' || now.screen === 'reader' || now.screen === 'conflict') return;
      if (now.screen === 'draw') {
        if (ends(s)) finishSketch(d);
        else addVertex(d, t.at(s).at);
        return;
      }
      const grab = grabbed(s);
      if (grab) {
        if (!grab.whole && grab.geometry === activeGeometry(d.draft.get(), now)) d.session.send({ vertex: grab.path });
        return;
      }
      pickAt(d, s);
    },
    grab(s) {
      held = grabbed(s);
      last = null;
      return held !== null;
    },
    drag,
    drop() {
      const { live } = d.session.get();
      if (held?.moved && live) change(d, () => ({ geometry: live }));
      held = null;
      d.session.send({ live: null, snapped: null });
    },
  };
}

/** Opens what lies at a spot: of the draft, or of the city. */
export function pickAt(d: Desk, s: Spot): void {
  const now = d.session.get();
  const own = changesOf(d.draft.get()).find((c) => c.key !== now.active && c.now && distanceTo(c.now.geometry, s.at) <= s.metres);
  if (own) {
    activate(d, own.key);
    return;
  }
  const found = meantAt(d.c, s.x, s.y);
  if (found && found.id !== null && now.layers.some((l) => l.id === found.layer)) {
    if (`${found.layer}/${found.id}` !== now.active) void openFeature(d, found.layer, String(found.id));
    return;
  }
  if (found) d.c.say(`${d.t().notThisLayer}: ${titleOfLayer(d, found.layer)}`);
  if (now.screen === 'feature') show(d, 'list');
}
