// The sheet that is printed: title, day, map, scale, north arrow, legend, sources.
// It is made when the browser is about to print, whoever asked it to.

import { formatMoment } from '../core/format.ts';
import { scaleOf } from '../core/scale.ts';
import { h, svg } from './dom.ts';
import { copyOf, legendLines, sourcesOf, subtitleOf } from './key.ts';
import { textOf, type Context } from './context.ts';

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
  const s = c.store.get(), t = textOf(c);
  c.map.gl.redraw(); // in this task, so that the canvas can be read
  const shot = copyOf(c);
  const wide = c.map.gl.getContainer().clientWidth;
  const { width, label } = scaleOf(c.map.gl.getCenter().lat, c.map.gl.getZoom(), 140, s.lang);
  const bar = h('span', { class: 'print-bar' });
  bar.style.width = `${((100 * width) / wide).toFixed(3)}%`; // of the image, however large it is on paper
  // As wide as the paper, but no taller than leaves room for the rest.
  const figure = h('figure', {});
  figure.style.maxWidth = `${((150 * wide) / c.map.gl.getContainer().clientHeight).toFixed(1)}mm`;
  const arrow = svg('svg', { viewBox: '0 0 24 32', class: 'print-north', 'aria-label': 'N' },
    svg('path', { d: 'M12 9l6 20-6-4.5L6 29z', fill: 'currentColor' }), svg('path', { d: 'M9.2 7V1l5.6 6V1', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 }));
  arrow.style.transform = `rotate(${-c.map.gl.getBearing()}deg)`;
  figure.append(h('img', { src: shot.toDataURL('image/png'), alt: t.map }), arrow, h('div', { class: 'print-scale' }, h('span', {}, label), bar));
  return h('section', { id: 'print' },
    h('header', {}, h('h1', {}, t.title), h('p', {}, [subtitleOf(s), formatMoment(new Date().toISOString(), s.lang)].filter((x) => x !== '').join(' · '))),
    figure,
    h('ul', {}, ...legendLines(c, s).map((l) => h('li', { class: l.drawing ? '' : 'heading' }, l.drawing, l.text))),
    h('footer', {}, `${sourcesOf(c)} · ${t.official} · ${location.href}`));
}
