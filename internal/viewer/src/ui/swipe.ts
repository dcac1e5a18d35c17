// Two days side by side: a second map above the first, cut off left of a line that
// can be moved by mouse, finger and keyboard.

import type { StyleSpecification } from 'maplibre-gl';
import type { State } from '../core/state.ts';
import { formatDate } from '../core/format.ts';
import { CityMap } from '../map/map.ts';
import { withKey } from '../api/key.ts';
import { byId, h } from './dom.ts';
import { textOf, type Context } from './context.ts';

interface SwipeView { update(s: State): void }

export function swipeView(c: Context, drawn: (s: State) => StyleSpecification): SwipeView {
  const area = byId('map-area');
  let parts: { second: CityMap; box: HTMLElement; line: HTMLElement; left: HTMLElement; right: HTMLElement } | null = null;
  let shown: StyleSpecification | null = null;
  const follow = (): void => { parts?.second.gl.jumpTo({ center: c.map.gl.getCenter(), zoom: c.map.gl.getZoom(), bearing: c.map.gl.getBearing(), pitch: c.map.gl.getPitch() }); };
  const move = (at: number): void => {
    const s = c.store.get();
    if (s.swipe) c.store.send({ type: 'swipe', swipe: { ...s.swipe, at } });
  };

  const open = (style: StyleSpecification): NonNullable<typeof parts> => {
    const box = h('div', { id: 'map-second', 'aria-hidden': 'true' });
    const left = h('span', { class: 'swipe-day left' }), right = h('span', { class: 'swipe-day right' });
    const line = h('div', { id: 'swipe', role: 'slider', tabindex: 0, 'aria-orientation': 'horizontal', 'aria-valuemin': 0, 'aria-valuemax': 100 }, left, right);
    area.append(box, line);
    const second = new CityMap(box, style, c.map.view(), true, withKey);
    second.gl.getCanvas().tabIndex = -1;
    c.map.beside = { map: second, from: () => ((c.store.get().swipe?.at ?? 100) / 100) * area.clientWidth };
    c.map.mirror();
    c.map.gl.on('move', follow);
    drag(line, area, move);
    return { second, box, line, left, right };
  };
  const close = (): void => {
    if (!parts) return;
    c.map.gl.off('move', follow);
    c.map.beside = null;
    parts.second.gl.remove();
    parts.box.remove();
    parts.line.remove();
    parts = shown = null;
  };
  return {
    update(s) {
      if (!s.swipe) { close(); return; }
      const style = drawn({ ...s, date: s.swipe.date, compare: false });
      if (!parts) parts = open(style);
      else if (shown !== style && JSON.stringify(shown) !== JSON.stringify(style)) parts.second.setStyle(style);
      shown = style;
      const t = textOf(c), { at, date } = s.swipe;
      parts.box.style.clipPath = `inset(0 0 0 ${at}%)`;
      parts.line.style.left = `${at}%`;
      parts.left.textContent = s.date === null ? t.today : formatDate(s.date, 'month');
      parts.right.textContent = formatDate(date, 'month');
      parts.line.setAttribute('aria-label', t.swipeLine);
      parts.line.setAttribute('aria-valuenow', String(at));
      parts.line.setAttribute('aria-valuetext', `${at} %: ${parts.left.textContent} | ${parts.right.textContent}`);
    },
  };
}

function drag(line: HTMLElement, area: HTMLElement, move: (percent: number) => void): void {
  line.addEventListener('pointerdown', (e) => {
    e.preventDefault();
    line.focus();
    line.setPointerCapture(e.pointerId);
  });
  line.addEventListener('pointermove', (e) => {
    const { left, width } = area.getBoundingClientRect();
    if (line.hasPointerCapture(e.pointerId)) move((100 * (e.clientX - left)) / width);
  });
  line.addEventListener('keydown', (e) => {
    const at = Number(line.getAttribute('aria-valuenow'));
    const to: Record<string, number> = { ArrowLeft: at - 2, ArrowDown: at - 2, ArrowRight: at + 2, ArrowUp: at + 2, PageDown: at - 10, PageUp: at + 10, Home: 0, End: 100 };
    const next = to[e.key];
    if (next === undefined) return;
    e.preventDefault();
    move(next);
  });
}
