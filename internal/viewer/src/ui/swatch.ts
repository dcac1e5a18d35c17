// Small drawings that stand for a layer in the legend and in lists.

import type { LegendSwatch } from '../api/types.ts';
import type { Status } from '../core/state.ts';
import { svg } from './dom.ts';

export function swatch(s: LegendSwatch): SVGElement {
  const colour = s.colour ?? 'currentColor';
  const frame = (...parts: SVGElement[]): SVGElement => svg('svg', { viewBox: '0 0 24 16', class: 'swatch', 'aria-hidden': 'true' }, ...parts);
  const line = (more: Record<string, string | number> = {}): SVGElement =>
    svg('path', { d: 'M2 8h20', stroke: colour, 'stroke-width': 4, 'stroke-linecap': 'round', fill: 'none', ...more });
  switch (s.shape) {
    case 'line': return frame(line());
    case 'dashed': return frame(line({ 'stroke-dasharray': '6 3.5', 'stroke-linecap': 'butt', 'stroke-width': 3 }));
    case 'dotted': return frame(line({ 'stroke-dasharray': '0.1 6', 'stroke-width': 3.6 }));
    case 'parapet': return frame(svg('path', { d: 'M2 4h20M2 12h20', stroke: colour, 'stroke-width': 2, fill: 'none' }));
    case 'rail': return frame(line({ 'stroke-linecap': 'butt' }), svg('path', { d: 'M4 8h16', stroke: '#ffffff', 'stroke-width': 1.4, 'stroke-dasharray': '4 3', fill: 'none' }));
    case 'area': return frame(svg('rect', { x: 3, y: 2, width: 18, height: 12, rx: 2, fill: colour, 'fill-opacity': 0.28, stroke: colour, 'stroke-width': 1.5 }));
    case 'dot': return frame(svg('circle', { cx: 12, cy: 8, r: 4, fill: colour }));
    case 'ring': return frame(svg('circle', { cx: 12, cy: 8, r: 4.5, fill: 'none', stroke: colour, 'stroke-width': 2.4 }));
    case 'text': return frame(svg('path', { d: 'M6 13 10.5 3h3L18 13M8 9.5h8', stroke: colour, 'stroke-width': 1.8, fill: 'none' }));
    case 'icon': return node(s.icon ?? '');
    default: return frame(svg('rect', { x: 6, y: 2, width: 12, height: 12, fill: colour }));
  }
}

/** The symbols of intersections, as the sprite draws them. */
function node(name: string): SVGElement {
  const ink = '#22303c', paper = '#ffffff';
  const bars = svg('path', { d: 'M12.6 8.6h2.8v10.8h-2.8zM8.6 12.6h2.8v2.8H8.6zM16.6 12.6h2.8v2.8h-2.8z', fill: paper });
  const shapes: Record<string, SVGElement[]> = {
    'node-grade_separated': [svg('path', { d: 'M14 1.5 26.5 14 14 26.5 1.5 14z', fill: paper }), svg('path', { d: 'M14 4.2 23.8 14 14 23.8 4.2 14z', fill: ink }), bars],
    'node-mixed': [svg('rect', { x: 3.4, y: 3.4, width: 21.2, height: 21.2, rx: 5.5, fill: paper }), svg('rect', { x: 5.6, y: 5.6, width: 16.8, height: 16.8, rx: 3.6, fill: ink }), bars],
    'node-at_grade': [svg('circle', { cx: 14, cy: 14, r: 11.2, fill: paper }), svg('circle', { cx: 14, cy: 14, r: 9, fill: ink }), svg('path', { d: 'M12.6 8.8h2.8v10.4h-2.8zM8.8 12.6h10.4v2.8H8.8z', fill: paper })],
    'node-unknown': [svg('circle', { cx: 14, cy: 14, r: 9, fill: paper }), svg('circle', { cx: 14, cy: 14, r: 7, fill: ink }), svg('circle', { cx: 14, cy: 14, r: 3, fill: paper })],
  };
  return svg('svg', { viewBox: '0 0 28 28', class: 'swatch node', 'aria-hidden': 'true' }, ...(shapes[name] ?? []));
}

/** How a line of that status is drawn. */
export function statusLine(status: Status, colour = 'currentColor'): SVGElement {
  const dashes: Record<Status, Record<string, string>> = {
    in_operation: {}, under_construction: { 'stroke-dasharray': '6 3' },
    planned: { 'stroke-dasharray': '0.1 5.5', 'stroke-linecap': 'round' }, retired: { 'stroke-dasharray': '2 4', opacity: '0.5' },
  };
  return svg('svg', { viewBox: '0 0 24 16', class: 'swatch', 'aria-hidden': 'true' },
    svg('path', { d: 'M2 8h20', stroke: colour, 'stroke-width': 3, fill: 'none', ...dashes[status] }));
}
