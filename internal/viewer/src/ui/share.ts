// What one can take away: the link, code to embed, the style for other programs,
// paper.

import { writeLink } from '../core/url.ts';
import type { State } from '../core/state.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { layersOfInterest, textOf, type Context } from './context.ts';
import { isShown } from '../core/style.ts';
import { copy } from './context.ts';

/** Code that shows the present view in another page. */
function frameCode(s: State): string {
  return `<iframe src="${location.origin}/viewer/embed.html${writeLink({ ...s, legend: false }).replaceAll('&', '&amp;')}" width="800" height="500" title="Hanoi Twin" loading="lazy" allow="fullscreen"></iframe>`;
}

function elementCode(c: Context): string {
  const s = c.store.get(), { lat, lon, zoom } = c.map.view();
  const every = layersOfInterest(c), shown = every.filter((l) => isShown(l, false, s));
  const attributes = [
    `center="${lon.toFixed(5)},${lat.toFixed(5)}"`, `zoom="${zoom.toFixed(2)}"`,
    shown.length < every.length ? `layers="${shown.join(',')}"` : '',
    s.date === null ? '' : `datetime="${s.date}"`, s.lang === 'vi' ? '' : `lang="${s.lang}"`,
    s.theme === 'auto' ? '' : `theme="${s.theme}"`,
  ].filter((a) => a !== '');
  return `<script type="module" src="${location.origin}/viewer/hanoi-map.js"></script>\n<hanoi-map ${attributes.join(' ')}></hanoi-map>`;
}

export function openShare(c: Context): void {
  const t = textOf(c), s = c.store.get();
  const field = (id: string, label: string, text: string, lines: number): HTMLElement[] => {
    const area = h('textarea', { id, readonly: true, rows: lines, spellcheck: 'false', onfocus: () => area.select() }, text);
    return [
      h('div', { class: 'share-head' }, h('label', { for: id }, label), h('button', { type: 'button', class: 'small', 'aria-label': `${t.copy}: ${label}`, onclick: () => void copy(c, text) }, icon('copy'), t.copy)),
      area,
    ];
  };
  const dialog = h('dialog', { id: 'share', class: 'panel', 'aria-label': t.takeAway, onclose: () => dialog.remove() },
    h('header', { class: 'panel-head' }, h('h2', {}, t.takeAway),
      h('button', { type: 'button', class: 'ghost', 'aria-label': t.close, title: t.close, onclick: () => dialog.close() }, icon('close'))),
    h('div', { class: 'panel-body' },
      ...field('share-link', t.link, location.origin + location.pathname + writeLink(s), 2),
      ...field('share-frame', t.embedFrame, frameCode(s), 4),
      ...field('share-element', t.embedElement, elementCode(c), 4),
      ...field('share-style', t.styleAddress, `${location.origin}/styles/hanoi.json${s.lang === 'en' ? '?lang=en' : ''}`, 1),
      h('div', { class: 'share-actions' },
        h('button', { type: 'button', class: 'small', id: 'share-print', onclick: () => { dialog.close(); window.print(); } }, icon('print'), t.print),
        h('a', { class: 'small', href: '/viewer/example.html', target: '_blank', rel: 'noopener' }, t.examples))));
  document.body.append(dialog);
  dialog.showModal();
}
