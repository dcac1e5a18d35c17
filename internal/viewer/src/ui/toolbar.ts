// The buttons at the right edge.

import type { State } from '../core/state.ts';
import { byId, h } from './dom.ts';
import { icon, type IconName } from './icons.ts';
import { textOf, type Context } from './context.ts';

export function toolbar(c: Context, isDark: () => boolean): (s: State) => void {
  const bar = byId('tools');
  const button = (id: string, name: IconName, run: () => void): HTMLButtonElement => h('button', { type: 'button', id, onclick: run }, icon(name));
  const layers = button('tool-layers', 'layers', () => c.store.send({ type: 'legend', open: !c.store.get().legend }));
  const language = h('button', { type: 'button', id: 'tool-language', class: 'letters', onclick: () => c.store.send({ type: 'lang', lang: c.store.get().lang === 'vi' ? 'en' : 'vi' }) });
  const theme = button('tool-theme', 'moon', () => c.store.send({ type: 'theme', theme: isDark() ? 'light' : 'dark' }));
  const time = button('tool-time', 'time', () => c.store.send({ type: 'date', date: c.store.get().date === null ? `${new Date().toISOString().slice(0, 7)}-01` : null }));
  const measure = button('tool-measure', 'measure', () => {
    const begin = c.store.get().measure === null;
    c.store.send({ type: 'measure', points: begin ? [] : null });
    if (begin) c.map.gl.getCanvas().focus({ preventScroll: true }); // points are put there
  });
  const image = button('tool-image', 'image', () => void import('./image.ts').then((m) => m.saveImage(c)).catch(() => c.say(textOf(c).unreachable, 'error')));
  const share = button('tool-share', 'share', () => void import('./share.ts').then((m) => m.openShare(c)).catch(() => c.say(textOf(c).unreachable, 'error')));
  const zoomIn = button('tool-in', 'plus', () => c.map.gl.zoomIn({ animate: !c.calm() }));
  const zoomOut = button('tool-out', 'minus', () => c.map.gl.zoomOut({ animate: !c.calm() }));
  const home = button('tool-home', 'home', () => {
    const box = c.collections.get('city_outline')?.extent?.spatial?.bbox[0];
    if (box) c.map.fit([box[0], box[1], box[2], box[3]], c.padding(), 12, c.calm());
  });
  const north = button('tool-north', 'north', () => c.map.gl.easeTo({ bearing: 0, pitch: 0, animate: !c.calm() }));
  const group = (...all: HTMLElement[]): HTMLElement => h('div', { class: 'tool-group' }, ...all);
  bar.append(group(layers, language, theme), group(time, measure, image, share), group(zoomIn, zoomOut, home, north));

  const turn = (): void => {
    north.hidden = c.map.gl.getBearing() === 0 && c.map.gl.getPitch() === 0;
    const drawing = north.firstElementChild as SVGElement;
    drawing.style.transform = `rotate(${-c.map.gl.getBearing()}deg)`;
  };
  c.map.onMove(turn);
  turn();
  const name = (b: HTMLButtonElement, text: string): void => {
    b.setAttribute('aria-label', text);
    b.title = text;
  };
  return (s) => {
    const t = textOf(c), dark = isDark();
    bar.setAttribute('aria-label', t.tools);
    name(layers, t.layers); name(theme, dark ? t.themeLight : t.themeDark); name(time, t.time); name(measure, t.measure); name(image, t.image); name(share, t.takeAway);
    name(zoomIn, t.zoomIn); name(zoomOut, t.zoomOut); name(home, t.home); name(north, t.north);
    name(language, t.languageLabel);
    language.textContent = s.lang === 'vi' ? 'EN' : 'VI';
    language.lang = s.lang === 'vi' ? 'en' : 'vi';
    theme.replaceChildren(icon(dark ? 'sun' : 'moon'));
    layers.setAttribute('aria-pressed', String(s.legend));
    time.setAttribute('aria-pressed', String(s.date !== null));
    measure.setAttribute('aria-pressed', String(s.measure !== null));
  };
}
