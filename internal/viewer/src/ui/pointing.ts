// Clicks on the map and what lies under the pointer.

import { choose } from '../core/pick.ts';
import type { LonLat } from '../geo/ellipsoid.ts';
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
  const meant = (place: LonLat, x: number, y: number): void => {
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
  };
  c.map.onClick(meant);
  byKeyboard(c, meant);
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

/** Enter is a click on what is under the crosshair, Backspace takes the last measured point back, Escape closes. */
function byKeyboard(c: Context, meant: (place: LonLat, x: number, y: number) => void): void {
  const canvas = c.map.gl.getCanvas();
  canvas.addEventListener('keydown', (e) => {
    if (c.map.taken) return;
    const { measure } = c.store.get();
    if (e.key === 'Enter') {
      const { lng, lat } = c.map.gl.getCenter(), at = c.map.gl.project([lng, lat]);
      meant([lng, lat], at.x, at.y);
    } else if (e.key === 'Backspace' && measure !== null) c.store.send({ type: 'measure', points: measure.slice(0, -1) });
    else return;
    e.preventDefault();
  });
  document.addEventListener('keydown', (e) => {
    const typing = e.target instanceof HTMLInputElement && e.target.type !== 'range' && e.target.type !== 'checkbox';
    if (e.key !== 'Escape' || typing || e.defaultPrevented || c.map.taken || document.querySelector('dialog[open]')) return;
    const { near, selected, measure } = c.store.get();
    if (near === null && selected === null && measure === null) return;
    if (near !== null) c.store.send({ type: 'ask', question: null });
    else if (measure !== null) c.store.send({ type: 'measure', points: null });
    else c.store.send({ type: 'select', target: null });
    if (document.activeElement === document.body) canvas.focus({ preventScroll: true }); // what had the focus is gone
  });
}

/** The key of a feature in tiles: its code, or its id. Ids may be 0. */
function keyOf(p: Picked): string | null {
  const code = p.properties['code'];
  if (typeof code === 'string' && code !== '') return code;
  return p.id === null ? null : String(p.id);
}

function round(v: number): number { return Number(v.toFixed(6)); }
