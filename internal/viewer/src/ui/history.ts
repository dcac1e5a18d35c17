// What became of a feature: who changed what, when and why.

import type { History, RecordedFeature, RecordedState } from '../api/types.ts';
import { isPlace } from '../core/state.ts';
import { labelOf } from '../core/catalogue.ts';
import { formatMoment } from '../core/format.ts';
import { changedNames } from '../core/changes.ts';
import { getJSON } from '../api/client.ts';
import { h } from './dom.ts';
import { textOf, type Context } from './context.ts';
import { itemPath, type Subject } from './subject.ts';

/** A section that is filled when it is opened. */
export function historySection(c: Context, subject: Subject): HTMLElement | null {
  const ref = subject.ref;
  if (isPlace(ref)) return null;
  const t = textOf(c), list = h('ol', { class: 'timeline' });
  let asked = false;
  const fill = async (): Promise<void> => {
    if (asked) return;
    asked = true;
    list.replaceChildren(h('li', {}, t.loading));
    try {
      const { body } = await getJSON<History>(`${itemPath(ref)}/history`);
      list.replaceChildren(...body.states.map((state, i) => entry(c, ref.layer, state, body.states[i - 1] ?? null)).reverse());
    } catch {
      asked = false;
      list.replaceChildren(h('li', {}, t.unreachable));
    }
  };
  const details = h('details', { class: 'history', ontoggle: () => void fill() }, h('summary', {}, t.history), list);
  return h('section', {}, details);
}

function entry(c: Context, layer: string, state: RecordedState, before: RecordedState | null): HTMLElement {
  const t = textOf(c), lang = c.store.get().lang;
  const properties = c.collections.get(layer)?.properties ?? [];
  const names = before?.feature && state.feature ? changedNames(before.feature, state.feature) : [];
  const labels = names.map((n) => {
    const p = properties.find((x) => x.name === n);
    const label = n === '' ? t.shape : p ? labelOf(p, lang) : n;
    const value = (f: RecordedFeature | undefined): string => String(f?.properties[n] ?? '–');
    return n === '' ? label : `${label}: ${value(before?.feature)} → ${value(state.feature)}`;
  });
  return h('li', {},
    h('time', { datetime: state.at ?? '' }, state.at ? formatMoment(state.at, lang) : ''),
    h('span', {}, [`${t.version} ${state.version}`, state.author, state.message].filter(Boolean).join(' · ')),
    ...(state.feature === null ? [h('strong', {}, t.removed)] : labels.map((l) => h('span', {}, l))));
}
