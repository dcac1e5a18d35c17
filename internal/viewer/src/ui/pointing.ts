// Clicks on the map and what lies under the pointer.

import { choose } from '../core/pick.ts';
import type { Picked } from '../map/map.ts';
import { legendEntries, type Context } from './context.ts';
import type { NearPanel } from './near.ts';

const slack = { mouse: 5, finger: 14 };
const coarse = window.matchMedia('(pointer: coarse)');

/** The feature of the city that is meant by a spot of the screen. */
export function meantAt(c: Context, x: number, y: number): Picked | null {
  const legend = legendEntries(c);
  const base = new Set(legend.filter((e) => e.group === 'base').map((e) => e.layer));
  return choose(c.map.pick(x, y, coarse.matches ? slack.finger : slack.mouse), legend.map((e) => e.layer), base);
}

export function pointing(c: Context, near: NearPanel): void {
  const at = (x: number, y: number): Picked | null => meantAt(c, x, y);
  c.map.onClick((place, x, y) => {
    if (c.map.taken) return;
    const s = c.store.get();
    if (s.measure !== null) {
      c.store.send({ type: 'measure', points: [...s.measure, [place[0], place[1]]] });
      return;
    }
    const found = at(x, y);
    const key = found ? keyOf(found) : null;
    if (found && key !== null) c.store.send({ type: 'select', target: { layer: found.layer, key } });
    else c.store.send({ type: 'select', target: { lon: round(place[0]), lat: round(place[1]) } });
  });
  let waiting = false;
  c.map.onPoint((x, y) => {
    if (waiting || c.map.taken) return; // once a frame is enough
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (c.map.taken) return;
      const s = c.store.get();
      if (s.measure !== null) { c.map.cursor('crosshair'); return; }
      if (s.near !== null && c.map.touches('twin-circle-handle', x, y, 8)) { c.map.cursor('ew-resize'); return; }
      const found = at(x, y);
      c.map.cursor(found ? 'pointer' : '');
      if (s.near !== null) near.point(found?.layer ?? null, found ? keyOf(found) : null);
    });
  });
}

/** The key of a feature in tiles: its code, or its id. Ids may be 0. */
function keyOf(p: Picked): string | null {
  const code = p.properties['code'];
  if (typeof code === 'string' && code !== '') return code;
  return p.id === null ? null : String(p.id);
}

function round(v: number): number { return Number(v.toFixed(6)); }
