// The layers in the order in which they lie on each other, which can be changed by
// dragging and by buttons.

import type { State } from '../core/state.ts';
import { titleOf } from '../core/catalogue.ts';
import { completeOrder, moved } from '../core/order.ts';
import type { Text } from '../core/text.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { row } from './legendrow.ts';
import { legendEntries, type Context } from './context.ts';

/** The list, the topmost layer first. The ground stays beneath and is not in it. */
export function orderList(c: Context, t: Text, s: State, refresh: ((s: State) => void)[]): HTMLElement {
  const entries = legendEntries(c).filter((e) => e.group !== 'base' && e.layer !== 'city_outline');
  const members = entries.map((e) => e.layer);
  const current = (): string[] => completeOrder(c.style(), members, c.store.get().order);
  const list = h('ol', { class: 'order' });
  const move = (layer: string, by: number): void => c.store.send({ type: 'order', order: moved(current(), layer, by) });

  const items = new Map(entries.map((e) => {
    const title = titleOf(c.collections.get(e.layer), e.layer, s.lang);
    const button = (by: number, name: 'up' | 'more', text: string): HTMLButtonElement => {
      const b = h('button', {
        type: 'button', class: 'ghost small-icon', 'data-move': by, 'aria-label': `${text}: ${title}`, title: text,
        onclick: () => {
          move(e.layer, by);
          b.focus(); // moving an element takes the focus from it
        },
      }, icon(name));
      return b;
    };
    const grip = h('span', { class: 'grip', title: t.drag, 'aria-hidden': 'true' }, icon('grip'));
    const item = h('li', { 'data-layer': e.layer }, h('div', { class: 'order-tools' }, grip, button(-1, 'up', t.raise), button(1, 'more', t.lower)), h('div', { class: 'order-row' }, ...row(c, e, t, s, refresh)));
    drag(grip, item, list, (by) => move(e.layer, by));
    return [e.layer, item] as const;
  }));
  const reset = h('button', { type: 'button', class: 'small', id: 'legend-reset', onclick: () => c.store.send({ type: 'order', order: [] }) }, t.usualOrder);
  let shown = '';
  refresh.push((now) => {
    const order = current();
    reset.hidden = now.order.length === 0;
    if (order.join() === shown) return;
    shown = order.join();
    list.replaceChildren(...order.flatMap((l) => items.get(l) ?? []));
  });
  return h('section', { class: 'legend-group' }, h('p', { class: 'fine' }, t.orderHint), list, reset);
}

/** Lets an item be dragged by its grip; tells by how many places when it is dropped. */
function drag(grip: HTMLElement, item: HTMLElement, list: HTMLElement, drop: (by: number) => void): void {
  let by = 0;
  const clear = (): void => { for (const li of list.children) li.classList.remove('drop-before', 'drop-after', 'dragged'); };
  grip.addEventListener('pointerdown', (e) => {
    e.preventDefault();
    grip.setPointerCapture(e.pointerId);
    item.classList.add('dragged');
    by = 0;
  });
  grip.addEventListener('pointermove', (e) => {
    if (!grip.hasPointerCapture(e.pointerId)) return;
    const all = [...list.children], from = all.indexOf(item);
    let to = all.filter((li) => li !== item && li.getBoundingClientRect().top + li.getBoundingClientRect().height / 2 < e.clientY).length;
    to = Math.min(to, all.length - 1);
    by = to - from;
    clear();
    item.classList.add('dragged');
    if (by !== 0) all[to]?.classList.add(by < 0 ? 'drop-before' : 'drop-after');
  });
  const end = (): void => { clear(); if (by !== 0) drop(by); by = 0; };
  grip.addEventListener('pointerup', end);
  grip.addEventListener('pointercancel', () => { by = 0; clear(); });
}
