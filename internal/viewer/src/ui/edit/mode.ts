// The editor: takes the map into its hand, shows one screen at a time, and keeps
// what is not saved.

import { isPlace } from '../../core/state.ts';
import { overlayColours } from '../../core/overlay.ts';
import { clearSketch, drawSketch, takeMap } from '../../map/sketch.ts';
import { changesOf } from '../../edit/changes.ts';
import { current, nothing } from '../../edit/draft.ts';
import { painted } from '../../edit/paint.ts';
import { readDraft } from '../../edit/kept.ts';
import { onKey } from '../../api/key.ts';
import { byId, h, narrow } from '../dom.ts';
import type { Context } from '../context.ts';
import { openFeature, show } from './actions.ts';
import { conflictScreen } from './conflict.ts';
import { createDesk, ownDraft, seenBox, type Desk } from './desk.ts';
import { drawScreen } from './drawing.ts';
import { featureScreen } from './feature.ts';
import { editorsHand } from './hand.ts';
import { keyboard } from './keyboard.ts';
import { listScreen } from './list.ts';
import type { Part } from './part.ts';
import { reviewScreen } from './review.ts';
import { enter, readerScreen, signIn } from './signin.ts';
import { lookAgain } from './stale.ts';
import { targets, type Targets } from './targets.ts';

export interface Mode {
  close(): void;
  /** Something in the city has changed. */
  changed(): void;
}

export function openEditor(c: Context, ended: () => void): Mode {
  const end = new AbortController(), d = createDesk(c);
  const panel = h('section', { id: 'edit', class: 'panel' });
  const cross = h('div', { id: 'edit-cross', 'aria-hidden': 'true' });
  byId('left').append(panel);
  byId('map-area').append(cross);
  document.body.classList.add('editing');
  const { selected } = c.store.get();
  if (selected && !isPlace(selected)) d.session.send({ wanted: selected });
  makeRoom(c);
  const repaint = painter(d, end.signal);
  const near: Targets = targets(d, () => hand.again()), hand = editorsHand(d, near);
  const release = takeMap(c.map, hand);
  keyboard(d, near, end.signal);
  const close = (): void => {
    const left = changesOf(d.draft.get()).length;
    if (left > 0) c.say(`${d.t().kept}: ${left}`);
    end.abort();
    for (const stop of stops) stop();
    release();
    clearSketch(c.map);
    panel.remove();
    cross.remove();
    document.body.classList.remove('editing', 'by-key');
    ended();
  };
  const render = screens(d, near, panel, close);
  const seen = c.map.gl.on('moveend', () => repaint()); // other vertices
  const stops = [
    () => seen.unsubscribe(),
    onKey(() => {
      near.forget();
      if (d.key() === '') show(d, 'key', { layers: [], name: '', role: '', stale: [], conflicts: [] });
    }),
    d.draft.watch(() => { render(); repaint(); }),
    d.session.watch(() => { render(); repaint(); }),
    c.store.watch((s, before) => {
      if (before === null) return;
      if (s.measure !== null || s.near !== null || s.date !== null) { close(); return; }
      if (s.selected !== null && d.session.get().layers.length > 0) {
        const ref = s.selected;
        c.store.send({ type: 'select', target: null });
        if (!isPlace(ref)) void openFeature(d, ref.layer, ref.key);
        return;
      }
      render();
      repaint();
    }),
  ];
  listen(d, end.signal);
  void enter(d, d.key());
  let waiting = 0;
  const changed = (): void => {
    near.forget();
    // Many versions may come one after the other.
    if (waiting === 0) waiting = window.setTimeout(() => { waiting = 0; if (!end.signal.aborted) void lookAgain(d); }, 500);
  };
  return { close, changed };
}

/** Closes what stands where the editor does, and shows the city as it is. */
function makeRoom(c: Context): void {
  c.store.send({ type: 'select', target: null });
  c.store.send({ type: 'ask', question: null });
  c.store.send({ type: 'measure', points: null });
  c.store.send({ type: 'date', date: null });
  if (narrow.matches) c.store.send({ type: 'legend', open: false });
}

/** Draws the draft at most once a frame. */
function painter(d: Desk, signal: AbortSignal): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (signal.aborted) return;
      drawSketch(d.c.map, painted(d.draft.get(), d.session.get(), seenBox(d)), overlayColours(document.documentElement.dataset['theme'] === 'dark'));
    });
  };
}

function screens(d: Desk, near: Targets, panel: HTMLElement, close: () => void): () => void {
  let shown = '', part: Part | null = null;
  const told = h('p', { class: 'told', role: 'status' }); // what is shown now, for those who do not see it
  const place = h('div', { class: 'edit-place' });
  panel.append(told, place);
  return () => {
    const s = d.session.get(), now = d.draft.get(), { lang } = d.c.store.get();
    const { active } = s;
    if (s.screen === 'feature' && active !== null && now.now[active] === undefined && !now.bases[active]) { show(d, 'list'); return; } // it was undone
    const wanted = [s.screen, lang, s.layers.length, active, active && current(now, active) === null, active && now.bases[active]?.etag, s.screen === 'draw' && s.kind, s.adding?.as].join();
    if (wanted !== shown || part === null) {
      shown = wanted;
      const inside = part === null || panel.contains(document.activeElement) || document.activeElement === document.body;
      part = s.screen === 'key' ? signIn(d, close)
        : s.screen === 'reader' ? readerScreen(d, close)
        : s.screen === 'draw' ? drawScreen(d, near)
        : s.screen === 'feature' && active !== null ? featureScreen(d, near, active)
        : s.screen === 'review' ? reviewScreen(d)
        : s.screen === 'conflict' ? conflictScreen(d) : listScreen(d, close);
      place.replaceChildren(part.element);
      told.textContent = panel.querySelector('h2')?.textContent ?? '';
      panel.dataset['screen'] = s.screen;
      panel.setAttribute('aria-label', d.t().edit);
      if (inside && s.screen !== 'draw') (panel.querySelector<HTMLElement>('#edit-key') ?? panel.querySelector<HTMLElement>('h2'))?.focus({ preventScroll: true });
    }
    part.update();
    panel.setAttribute('aria-busy', String(s.busy));
    panel.inert = s.busy && s.screen === 'review'; // what is changed while it is saved would be lost
  };
}

function listen(d: Desk, signal: AbortSignal): void {
  window.addEventListener('beforeunload', (e) => { if (changesOf(d.draft.get()).length > 0) e.preventDefault(); }, { signal });
  // Another tab has the same draft: the one that changes it last is followed.
  window.addEventListener('storage', (e) => {
    if (e.key !== ownDraft) return;
    const draft = e.newValue === null ? nothing : readDraft(e.newValue);
    if (draft) d.draft.send({ type: 'load', draft });
  }, { signal });
  document.addEventListener('keydown', (e) => { if (e.key.startsWith('Arrow') || e.key === 'Tab') document.body.classList.add('by-key'); }, { signal });
  document.addEventListener('pointermove', (e) => { if (e.pointerType === 'mouse') document.body.classList.remove('by-key'); }, { signal });
}
