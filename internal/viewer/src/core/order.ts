// The order in which layers lie on each other, when a person has changed it.

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';

const layerOf = (l: LayerSpecification): string | undefined => ('source-layer' in l ? l['source-layer'] : undefined);

/** Names give way to each other by their own order, above everything that is drawn. */
const isLabel = (l: LayerSpecification): boolean => l.type === 'symbol' && l.layout?.['text-field'] !== undefined;

/** The layers of a legend as the style draws them, topmost first: by what it draws of each first. */
export function drawingOrder(style: StyleSpecification, members: readonly string[]): string[] {
  const first = new Map<string, number>();
  style.layers.forEach((l, i) => {
    const of = layerOf(l);
    if (of !== undefined && !isLabel(l) && !first.has(of)) first.set(of, i);
  });
  // Layers of which there are only names lie above the rest, in their order.
  style.layers.forEach((l, i) => {
    const of = layerOf(l);
    if (of !== undefined && isLabel(l) && !first.has(of)) first.set(of, style.layers.length + i);
  });
  return members.filter((m) => first.has(m)).sort((p, q) => (first.get(q) ?? 0) - (first.get(p) ?? 0));
}

/** The order of a person, with layers that it does not know where the style has them. */
export function completeOrder(style: StyleSpecification, members: readonly string[], order: readonly string[]): string[] {
  const usual = drawingOrder(style, members);
  const known = order.filter((l) => usual.includes(l));
  if (known.length === 0) return usual;
  const all = [...known];
  usual.forEach((l, i) => {
    if (all.includes(l)) return;
    const above = usual.slice(0, i).reverse().find((x) => all.includes(x));
    all.splice(above === undefined ? 0 : all.indexOf(above) + 1, 0, l);
  });
  return all;
}

/** The order with one layer moved by so many places. */
export function moved(order: readonly string[], layer: string, by: number): string[] {
  const from = order.indexOf(layer), to = Math.min(Math.max(from + by, 0), order.length - 1);
  if (from < 0 || from === to) return [...order];
  const rest = order.filter((l) => l !== layer);
  rest.splice(to, 0, layer);
  return rest;
}

/**
 * The drawing layers with those of the layers named put in their order: all that
 * draws a layer stays together, names stay above.
 */
export function inOrder(style: StyleSpecification, order: readonly string[]): readonly LayerSpecification[] {
  if (order.length === 0) return style.layers;
  const rank = new Map(order.map((l, i) => [l, i]));
  const result = [...style.layers];
  for (const labels of [false, true]) {
    const slots = style.layers.flatMap((l, i) => (rank.has(layerOf(l) ?? '') && isLabel(l) === labels ? [i] : []));
    const sorted = slots.map((i) => style.layers[i]!).sort((p, q) => (rank.get(layerOf(q) ?? '') ?? 0) - (rank.get(layerOf(p) ?? '') ?? 0));
    slots.forEach((slot, k) => { result[slot] = sorted[k]!; });
  }
  return result;
}
