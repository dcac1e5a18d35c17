// The slider over time: the city on a day, past or planned.

import type { State } from '../core/state.ts';
import { datesOf } from '../core/style.ts';
import { firstDay, monthOf, span } from '../core/months.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { differenceTotals } from './totals.ts';
import { knownControl } from './known.ts';
import { formatDate } from '../core/format.ts';
import { textOf, type Context } from './context.ts';

const stepMonths = 3; // of playing
const stepMilliseconds = 700;

export function timeline(c: Context, panel: HTMLElement): (s: State) => void {
  const today = new Date().toISOString().slice(0, 10);
  const slider = h('input', { type: 'range', step: 1 });
  const play = h('button', { type: 'button', class: 'ghost', id: 'time-play' });
  const now = h('button', { type: 'button', class: 'small', onclick: () => set(monthOf(today)) });
  const close = h('button', { type: 'button', class: 'ghost', onclick: () => { stop(); c.store.send({ type: 'date', date: null }); } }, icon('close'));
  const label = h('output', { id: 'time-label' });
  const ticks = h('div', { class: 'ticks', 'aria-hidden': 'true' });
  const compare = h('button', { type: 'button', class: 'chip', id: 'time-compare', onclick: () => c.store.send({ type: 'compare', on: !c.store.get().compare }) });
  const swipe = h('button', { type: 'button', class: 'chip', id: 'time-swipe', onclick: () => toggleSwipe(c.store.get()) });
  const known = h('button', { type: 'button', class: 'chip', id: 'time-known', onclick: () => { knownOpen = !knownOpen; c.store.send({ type: 'asOf', at: null }); update(c.store.get()); } });
  const second = h('input', { type: 'range', step: 1, id: 'time-second', oninput: () => setSecond(Number(second.value)) });
  const secondLabel = h('output', { for: 'time-second', id: 'time-second-label' });
  const secondRow = h('div', { class: 'time-second' }, secondLabel, second);
  const totals = differenceTotals(c), knowledge = knownControl(c);
  let knownOpen = false;
  panel.append(play, h('div', { class: 'time-track' }, h('div', { class: 'time-head' }, label, compare, swipe, known, totals.element), slider, ticks), now, close, secondRow, knowledge.element);
  let timer = 0, pending = 0, day = c.store.get().date;

  const set = (month: number): void => c.store.send({ type: 'date', date: firstDay(month) });
  const setSecond = (month: number): void => {
    const before = c.store.get().swipe;
    if (before) c.store.send({ type: 'swipe', swipe: { ...before, date: firstDay(month) } });
  };
  /** The plan at the right of today and of what was; today at the right of what is planned. */
  const toggleSwipe = (s: State): void => {
    const later = s.date !== null && monthOf(s.date) > monthOf(today);
    c.store.send({ type: 'swipe', swipe: s.swipe ? null : { date: firstDay(later ? monthOf(today) : Number(slider.max)), at: 50 } });
  };
  const stop = (): void => { clearInterval(timer); timer = 0; };
  const step = (): void => {
    const next = Number(slider.value) + stepMonths;
    if (next > Number(slider.max)) { stop(); update(c.store.get()); return; }
    set(next);
  };
  play.addEventListener('click', () => {
    if (timer) stop();
    else {
      if (Number(slider.value) >= Number(slider.max)) set(Number(slider.min));
      timer = window.setInterval(step, stepMilliseconds);
    }
    update(c.store.get());
  });
  slider.addEventListener('input', () => {
    stop();
    const month = Number(slider.value);
    show(month);
    clearTimeout(pending); // tiles follow when the hand rests a moment
    pending = window.setTimeout(() => { pending = 0; set(month); }, 120);
  });
  const show = (month: number): void => {
    const [year, number] = firstDay(month).split('-');
    const later = month > monthOf(today) ? ` · ${textOf(c).plannedState}` : '';
    label.textContent = `${number}/${year}${later}`;
    slider.setAttribute('aria-valuetext', label.textContent);
  };
  const update = (s: State): void => {
    const t = textOf(c), dates = datesOf(c.style());
    if (s.date !== day) { // what came another way overrules the hand
      day = s.date;
      clearTimeout(pending);
      pending = 0;
    }
    panel.hidden = dates === null || (s.date === null && s.asOf === null && s.swipe === null);
    if (panel.hidden || dates === null) { stop(); knownOpen = false; return; }
    const { first, last } = span(dates, today);
    if (slider.max !== String(last) || slider.min !== String(first)) {
      slider.min = second.min = String(first);
      slider.max = second.max = String(last);
      ticks.replaceChildren(...yearTicks(first, last));
    }
    if (pending === 0) { // else it stays where the hand has put it
      const month = monthOf(s.date ?? today);
      slider.value = String(month);
      show(month);
    }
    panel.setAttribute('aria-label', t.time);
    slider.setAttribute('aria-label', t.asOn);
    now.textContent = t.today;
    compare.textContent = t.compare;
    compare.setAttribute('aria-pressed', String(s.compare));
    swipe.textContent = t.swipe;
    swipe.setAttribute('aria-pressed', String(s.swipe !== null));
    known.textContent = t.knownChip;
    known.setAttribute('aria-pressed', String(knownOpen || s.asOf !== null));
    secondRow.hidden = s.swipe === null;
    if (s.swipe) {
      second.value = String(monthOf(s.swipe.date));
      second.setAttribute('aria-label', t.swipeRight);
      secondLabel.textContent = `${t.swipeRight}: ${formatDate(s.swipe.date, 'month')}`;
    }
    knowledge.element.hidden = !knownOpen && s.asOf === null;
    knowledge.update(s);
    totals.update(s);
    for (const [button, text] of [[close, t.close], [play, timer ? t.pause : t.play]] as const) {
      button.setAttribute('aria-label', text);
      button.title = text;
    }
    play.replaceChildren(icon(timer ? 'pause' : 'play'));
  };
  return update;
}

/** The years between two months, as many as there is room for, each in its place. */
function yearTicks(first: number, last: number): HTMLElement[] {
  const every = Math.ceil((last - first) / 12 / 8 / 5) * 5, from = Math.ceil(first / 12);
  const years = Array.from({ length: Math.floor(last / 12) - from + 1 }, (_, i) => from + i);
  return years.filter((year) => year % every === 0).map((year) => {
    const tick = h('span', {}, String(year));
    tick.style.left = `${(100 * (year * 12 - first)) / (last - first)}%`;
    return tick;
  });
}
