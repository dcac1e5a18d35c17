// Loads what is selected or asked about, and shows it on the map.

import type { Feature } from 'geojson';
import { isPlace, sameTarget, type FeatureRef, type Place, type State } from '../core/state.ts';
import { latest, Problem } from '../api/client.ts';
import { boxOf, easternEnd, joined, type Box } from '../geo/shape.ts';
import { circle } from '../geo/ellipsoid.ts';
import { dragRadius, reachFeatures } from '../map/reach.ts';
import { textOf, type Context } from './context.ts';
import { loadSubject, type Subject } from './subject.ts';

interface SubjectFollower {
  update(s: State): void;
  again(): void;
}

export function followSubject(c: Context, ready: (subject: Subject | null) => void): SubjectFollower {
  const run = latest();
  let wanted: FeatureRef | Place | null = null;
  let subject: Subject | null = null;
  let known = c.store.get().asOf;
  let asked = false; // whether the question has been brought into view
  let unseen = false; // whether what is wanted has yet to be

  const load = (ref: FeatureRef | Place): void => run(async (signal) => {
    try {
      const loaded = await loadSubject(ref, c.store.get().asOf, signal);
      if (!sameTarget(ref, wanted)) return; // let go meanwhile
      subject = loaded;
      draw(c.store.get());
      ready(subject);
      if (unseen) bringIntoView(c, c.store.get(), subject);
      unseen = false;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      subject = null;
      const t = textOf(c);
      c.say(error.status === 404 ? t.gone : error.status === 0 ? t.unreachable : `${t.problem}: ${error.message}`, 'error');
      c.store.send({ type: 'select', target: null });
      c.store.send({ type: 'ask', question: null });
    }
  });

  let shown: Subject | null = null, shownRadius: number | null = null;
  const draw = (s: State): void => {
    const radius = s.near && subject?.geometry && sameTarget(subject.ref, s.near.from) ? s.near.radius : null;
    if (shown === subject && shownRadius === radius) return; // most changes of the state are others
    [shown, shownRadius] = [subject, radius];
    c.map.show('selection', subject?.geometry ? selection(subject) : []);
    c.map.show('circle', radius !== null && subject?.geometry ? reachFeatures(subject.geometry, radius) : []);
  };

  dragRadius(c.map,
    () => (c.store.get().near && subject?.geometry ? easternEnd(subject.geometry) : null),
    (radius) => c.store.send({ type: 'radius', radius: radius < 1000 ? Math.round(radius / 10) * 10 : Math.round(radius / 50) * 50 }));

  return {
    update(s) {
      const next = s.near?.from ?? s.selected;
      if (s.asOf !== known) { // the same place in another state of knowledge
        known = s.asOf;
        if (wanted !== null && sameTarget(next, wanted)) load(wanted);
      }
      if (!sameTarget(next, wanted)) {
        wanted = next;
        if (next === null || !sameTarget(subject?.ref ?? null, next)) subject = null;
        unseen = next !== null && subject === null;
        if (next !== null && unseen) load(next);
      }
      draw(s);
      ready(subject);
      if (s.near !== null && !asked && subject) bringIntoView(c, s, subject);
      asked = s.near !== null && (asked || subject !== null);
    },
    again() { if (wanted !== null && !isPlace(wanted)) load(wanted); },
  };
}

function selection(subject: Subject): Feature[] {
  return [{ type: 'Feature', properties: { part: isPlace(subject.ref) ? 'place' : 'feature' }, geometry: subject.geometry! }];
}

/** Moves the map so that the question's circle, or a feature off the screen, is seen. */
function bringIntoView(c: Context, s: State, subject: Subject): void {
  const g = subject.geometry;
  if (!g) return;
  let box: Box = boxOf(g);
  if (s.near) {
    const ring = circle(easternEnd(g), s.near.radius, 16);
    box = joined(box, boxOf({ type: 'Polygon', coordinates: [ring] }));
    c.map.fit(box, c.padding(), 17, c.calm());
    return;
  }
  if (!c.map.sees(box, c.padding())) c.map.fit(box, c.padding(), Math.max(15, c.map.gl.getZoom()), c.calm());
}
