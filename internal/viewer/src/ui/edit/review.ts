// Before saving: what differs, feature by feature, and why.

import { formatArea, formatDistance, formatNumber } from '../../core/format.ts';
import { labelOf, valueOf } from '../../core/catalogue.ts';
import type { Lang } from '../../core/state.ts';
import { changesOf, geometryChange, propertyChanges, type Change } from '../../edit/changes.ts';
import { definitionOf } from '../../edit/session.ts';
import { h } from '../dom.ts';
import { activate, show } from './actions.ts';
import { nameOfKey, titleOfLayer, type Desk } from './desk.ts';
import { action, alert, head, say, symbol, type Part } from './part.ts';
import { save } from './save.ts';

export function reviewScreen(d: Desk): Part {
  const t = d.t(), wrong = alert(), wrongMessage = alert();
  const message = h('textarea', { id: 'edit-message', rows: 2, maxlength: 1000, placeholder: t.messageHint, onchange: () => d.draft.send({ type: 'message', message: message.value }) });
  message.value = d.draft.get().message;
  const list = h('div', { class: 'edit-diffs' });
  const button = action(t.save, () => { d.draft.send({ type: 'message', message: message.value }); void save(d); }, { class: 'primary', icon: 'check', id: 'edit-save' });
  let drawn: unknown[] = [];
  return {
    element: h('div', { class: 'edit-screen' }, head(t.review, [], symbol(t.back, 'back', () => show(d, 'list'), { class: 'ghost' })),
      h('div', { class: 'panel-body' }, wrong, list),
      h('div', { class: 'edit-form pad edit-foot' }, h('label', { for: 'edit-message' }, t.message), message, wrongMessage, h('div', { class: 'edit-buttons' }, button))),
    update() {
      const s = d.session.get(), changes = changesOf(d.draft.get());
      button.disabled = s.busy || changes.length === 0;
      button.lastChild!.textContent = s.busy ? t.saving : `${t.save} (${changes.length})`;
      say(wrong, [s.trouble, ...s.mistakes.rest].filter(Boolean).join(' · '));
      say(wrongMessage, s.mistakes.message);
      const wanted = [d.draft.get().now, s.mistakes];
      if (wanted.every((w, i) => w === drawn[i])) return;
      drawn = wanted;
      list.replaceChildren(...changes.map((c) => difference(d, c)));
    },
  };
}

/** A value as the cards show it. */
export function shownValue(d: Desk, layer: string, name: string, value: unknown): string {
  const { lang } = d.c.store.get(), p = definitionOf(d.session.get(), layer)?.properties.find((x) => x.name === name);
  return (p ? valueOf(p, { [name]: value }, lang) : value === null ? null : String(value)) ?? d.t().none;
}

export function shownLabel(d: Desk, layer: string, name: string): string {
  const p = definitionOf(d.session.get(), layer)?.properties.find((x) => x.name === name);
  return p ? labelOf(p, d.c.store.get().lang) : name;
}

/** In the order of the schema. */
function inOrder<T extends { readonly name: string }>(d: Desk, layer: string, all: readonly T[]): T[] {
  const names = definitionOf(d.session.get(), layer)?.properties.map((p) => p.name) ?? [];
  return [...all].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

function difference(d: Desk, c: Change): HTMLElement {
  const t = d.t(), { lang } = d.c.store.get(), wrong = d.session.get().mistakes.fields[c.key] ?? {};
  const rows = c.now === null ? [] : inOrder(d, c.layer, propertyChanges(c.base?.properties ?? {}, c.now.properties)).map((p) => {
    const [before, after] = [p.before, p.after].map((v) => shownValue(d, c.layer, p.name, v));
    return h('tr', { 'data-property': p.name }, h('th', { scope: 'row' }, shownLabel(d, c.layer, p.name)),
      c.base ? h('td', { class: 'before' }, h('del', {}, before)) : null, h('td', { class: 'after' }, h('ins', {}, after)));
  });
  const shift = c.base && c.now ? geometryChange(c.base.geometry, c.now.geometry) : null;
  return h('article', { class: 'edit-diff', 'data-key': c.key },
    h('div', { class: 'edit-row' }, h('span', { class: `kind ${c.kind}` }, t[c.kind]),
      h('div', { class: 'edit-name' }, h('strong', {}, nameOfKey(d, c.key)), h('small', {}, titleOfLayer(d, c.layer))),
      symbol(`${t.show}: ${nameOfKey(d, c.key)}`, 'target', () => activate(d, c.key, true))),
    rows.length > 0 ? h('table', {}, ...rows) : null,
    shift ? h('p', { class: 'edit-shift' }, `${t.geometry}: ${c.base?.geometry.type === 'Point' ? t.movedPoint : t.moved} ${formatDistance(shift.metres, lang)}${sizes(shift, t.vertices, lang)}`) : null,
    ...Object.entries(wrong).map(([name, text]) => h('p', { class: 'trouble' }, name === '' ? `${t.geometry}: ` : name === '*' ? '' : `${shownLabel(d, c.layer, name)}: `, text)));
}

function sizes(s: NonNullable<ReturnType<typeof geometryChange>>, vertices: string, lang: Lang): string {
  const parts: string[] = [];
  if (s.vertices[0] !== s.vertices[1]) parts.push(`${formatNumber(s.vertices[0], lang)} → ${formatNumber(s.vertices[1], lang)} ${vertices}`);
  const [size, format] = s.area[0] > 0 || s.area[1] > 0 ? [s.area, formatArea] as const : [s.length, formatDistance] as const;
  if (size[0] !== size[1] && size[0] > 0) parts.push(`${format(size[0], lang)} → ${format(size[1], lang)}`);
  return parts.length > 0 ? ` · ${parts.join(' · ')}` : '';
}
