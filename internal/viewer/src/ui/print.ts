// The sheet that is printed: title, what it is about, map, scale, north arrow,
// legend, sources. It is made when the browser is about to print, whoever asked it to.

import { scaleOf } from '../core/scale.ts';
import { copyOf } from '../map/copy.ts';
import { h, svg } from './dom.ts';
import { legendLines, northLetter, printedOn, sourcesOf, subtitleOf } from './key.ts';
import { textOf, type Context } from './context.ts';

const pixels = 2; // for each of CSS: paper is finer than screens

export function printing(c: Context): void {
  let sheet: HTMLElement | null = null;
  window.addEventListener('beforeprint', () => {
    sheet?.remove();
    sheet = sheetOf(c);
    document.body.append(sheet);
  });
  window.addEventListener('afterprint', () => {
    sheet?.remove();
    sheet = null;
  });
}

function sheetOf(c: Context): HTMLElement {
  const s = c.store.get(), t = textOf(c), shot = copyOf(c.map, pixels);
  const { clientWidth: wide, clientHeight: high } = c.map.gl.getContainer();
  const { width, label } = scaleOf(c.map.gl.getCenter().lat, c.map.gl.getZoom(), 160, s.lang);
  const bar = h('span', { class: 'print-bar' });
  bar.style.width = `${((100 * width) / wide).toFixed(3)}%`; // of the image, however large it is on paper
  // As wide as the paper, but no taller than leaves room for the rest.
  const figure = h('figure', {});
  figure.style.maxWidth = `${((150 * wide) / high).toFixed(1)}mm`;
  const arrow = svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: 'M12 2l7 20-7-5.2L5 22z', fill: 'currentColor' }));
  arrow.style.transform = `rotate(${-c.map.gl.getBearing()}deg)`;
  figure.append(h('img', { src: shot.toDataURL('image/png'), alt: t.map }),
    h('div', { class: 'print-north' }, h('span', {}, northLetter(s.lang)), arrow),
    h('div', { class: 'print-scale' }, h('span', {}, label), bar));
  return h('section', { id: 'print' },
    h('header', {}, h('div', {}, h('h1', {}, t.title), h('p', {}, subtitleOf(c, s))), h('p', {}, printedOn(s.lang))),
    figure,
    h('ul', {}, h('li', { class: 'heading' }, t.legend), ...legendLines(c, s).map((l) => h('li', { class: l.drawing ? '' : 'heading' }, l.drawing, l.text))),
    h('footer', {}, h('p', {}, `${t.attribution}: ${sourcesOf(c)}. ${t.official}.`), h('p', {}, location.href)));
}
