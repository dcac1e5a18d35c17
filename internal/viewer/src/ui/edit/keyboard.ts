// The keys of the editor: on the map they draw and choose, everywhere they undo.

import { metresPerPixel } from '../../core/scale.ts';
import type { Spot } from '../../map/sketch.ts';
import { addVertex, dropVertex, finishSketch, leaveSketch, moveVertex, removeVertex, show, stepVertex } from './actions.ts';
import type { Desk } from './desk.ts';
import { pickAt } from './hand.ts';
import type { Targets } from './targets.ts';

/** The spot at the centre of the map, where the crosshair is. */
export function centreSpot(d: Desk): Spot {
  const gl = d.c.map.gl, { lng, lat } = gl.getCenter(), at = gl.project([lng, lat]);
  return { at: [lng, lat], x: at.x, y: at.y, metres: metresPerPixel(lat, gl.getZoom()) * 10 };
}

export function keyboard(d: Desk, t: Targets, signal: AbortSignal): void {
  const onMap = (e: KeyboardEvent): boolean => e.target === d.c.map.gl.getCanvas() || e.target === document.body;
  const draw = (e: KeyboardEvent): boolean => {
    const { sketch } = d.session.get();
    switch (e.key) {
      case 'Enter': if (e.ctrlKey || e.metaKey) finishSketch(d); else addVertex(d, t.at(centreSpot(d)).at); return true;
      case 'Backspace': dropVertex(d); return true;
      case 'Escape': if (sketch.length > 0) d.session.send({ sketch: [] }); else leaveSketch(d); return true;
      default: return false;
    }
  };
  const feature = (e: KeyboardEvent): boolean => {
    const s = d.session.get();
    switch (e.key) {
      case '[': stepVertex(d, -1); return true;
      case ']': stepVertex(d, 1); return true;
      case 'Enter': moveVertex(d, t.at(centreSpot(d)).at); return true;
      case 'Delete': case 'Backspace': if (s.vertex === null) return false; removeVertex(d); return true;
      case 'Escape': if (s.vertex === null) show(d, 'list'); else d.session.send({ vertex: null }); return true;
      default: return false;
    }
  };
  const act = (e: KeyboardEvent): boolean => {
    const { screen, busy } = d.session.get();
    if (busy || screen === 'key' || screen === 'reader') return false;
    const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
    if ((e.ctrlKey || e.metaKey) && !typing && e.key.toLowerCase() === 'z') {
      d.draft.send({ type: e.shiftKey ? 'redo' : 'undo' });
      return true;
    }
    if (!onMap(e)) return false;
    if (screen === 'draw') {
      const drew = draw(e);
      // Who has drawn by keyboard goes on in the form.
      if (d.session.get().screen === 'feature') document.querySelector<HTMLElement>('#edit h2')?.focus({ preventScroll: true });
      return drew;
    }
    if (screen === 'feature') return feature(e);
    if (screen === 'list' && e.key === 'Enter') { pickAt(d, centreSpot(d)); return true; }
    return false;
  };
  document.addEventListener('keydown', (e) => { if (act(e)) e.preventDefault(); }, { signal });
}
