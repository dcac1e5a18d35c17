// When somebody else was faster: theirs beside mine, to choose from.

import { boxOf, joined } from '../../geo/shape.ts';
import { formatDistance } from '../../core/format.ts';
import { layerOf } from '../../edit/draft.ts';
import { geometryChange } from '../../edit/changes.ts';
import { decided, resolved, rowsOf, usual, type Conflict, type Row, type Side } from '../../edit/merge.ts';
import type { Geometry } from 'geojson';
import { h } from '../dom.ts';
import { nameOfKey, titleOfLayer, type Desk } from './desk.ts';
import { show } from './actions.ts';
import { action, head, symbol, type Part } from './part.ts';
import { shownLabel, shownValue } from './review.ts';
import { save } from './save.ts';

type Choices = Record<string, Side>;

export function conflictScreen(d: Desk): Part {
  const t = d.t(), { conflicts } = d.session.get();
  const choices = new Map<string, Choices>(conflicts.map((c) => [c.key, {}]));
  const body = h('div', { class: 'panel-body' });
  const hint = h('p', { class: 'fine', role: 'status' });
  const apply = action(t.apply, () => {
    for (const c of conflicts) d.draft.send({ type: 'rebase', key: c.key, base: c.theirs, shape: resolved(c, choices.get(c.key)!) });
    show(d, 'review', { conflicts: [], stale: [] });
    void save(d);
  }, { class: 'primary', icon: 'check', id: 'edit-apply' });
  const judge = (): void => {
    apply.disabled = !conflicts.every((c) => decided(c, choices.get(c.key)!));
    hint.textContent = apply.disabled ? t.chooseAll : '';
  };
  const choose = (key: string, name: string, side: Side): void => { choices.get(key)![name] = side; judge(); };
  const all = (side: Side): void => {
    for (const c of conflicts) for (const name of c.mine && c.theirs ? rowsOf(c).map((r) => r.name) : ['*']) choose(c.key, name, side);
    draw();
  };
  const draw = (): void => body.replaceChildren(
    h('p', {}, t.conflictHint),
    h('div', { class: 'edit-buttons' }, action(t.allMine, () => all('mine'), { id: 'edit-all-mine' }), action(t.allTheirs, () => all('theirs'), { id: 'edit-all-theirs' })),
    ...conflicts.map((c) => table(d, c, choices.get(c.key)!, choose)));
  draw();
  judge();
  showShapes(d, conflicts);
  return {
    element: h('div', { class: 'edit-screen' }, head(t.conflict, [], symbol(t.back, 'back', () => show(d, 'list'), { class: 'ghost' })), body,
      h('div', { class: 'actions edit-foot' }, apply, hint)),
    update: () => undefined,
  };
}

function table(d: Desk, c: Conflict, choices: Choices, choose: (key: string, name: string, side: Side) => void): HTMLElement {
  const t = d.t();
  const rows = c.mine && c.theirs ? rowsOf(c).map((r) => choice(d, c, r, choices, choose)) : [];
  const whole = (): HTMLElement => {
    const [mine, theirs] = c.mine ? [t.recreate, t.leaveDeleted] : [t.deleteAnyway, t.keepIt];
    return h('fieldset', { class: 'edit-choice' }, h('legend', {}, c.mine ? t.theyDeleted : t.iDelete),
      radio(c.key, '*', 'mine', mine, choices['*'] === 'mine', choose), radio(c.key, '*', 'theirs', theirs, choices['*'] === 'theirs', choose));
  };
  return h('article', { class: 'edit-diff', 'data-key': c.key },
    h('div', { class: 'edit-name' }, h('strong', {}, nameOfKey(d, c.key)), h('small', {}, titleOfLayer(d, layerOf(c.key)))),
    ...(rows.length > 0 ? rows : [whole()]));
}

function choice(d: Desk, c: Conflict, r: Row, choices: Choices, choose: (key: string, name: string, side: Side) => void): HTMLElement {
  const t = d.t(), layer = layerOf(c.key), side = choices[r.name] ?? usual(r);
  const label = r.name === '' ? t.geometry : shownLabel(d, layer, r.name);
  const value = (v: unknown): string => (r.name === '' ? shifted(d, r.base, v) : shownValue(d, layer, r.name, v));
  return h('fieldset', { class: r.clash ? 'edit-choice clash' : 'edit-choice', 'data-property': r.name },
    h('legend', {}, label),
    r.name === '' ? h('p', { class: 'fine edit-base' }, h('span', { class: 'side base' }), t.drawnBase) : h('p', { class: 'fine' }, `${t.base}: ${value(r.base)}`),
    radio(c.key, r.name, 'mine', `${t.mine}: ${value(r.mine)}`, side === 'mine', choose),
    radio(c.key, r.name, 'theirs', `${t.theirs}: ${value(r.theirs)}`, side === 'theirs', choose));
}

/** Brings what was moved by both into view, as it was and as each wants it. */
function showShapes(d: Desk, conflicts: readonly Conflict[]): void {
  const boxes = conflicts.filter((c) => rowsOf(c).some((r) => r.name === '' && r.clash))
    .flatMap((c) => [c.base, c.mine, c.theirs]).flatMap((x) => (x ? [boxOf(x.geometry)] : []));
  if (boxes.length > 0) d.c.map.fit(boxes.reduce(joined), d.c.padding(), 17, d.c.calm());
}

/** A geometry in words: how far it lies from what it was. */
function shifted(d: Desk, base: unknown, now: unknown): string {
  const t = d.t(), change = geometryChange(base as Geometry, now as Geometry);
  return change ? `${(base as Geometry).type === 'Point' ? t.movedPoint : t.moved} ${formatDistance(change.metres, d.c.store.get().lang)}` : t.base.toLocaleLowerCase();
}

function radio(key: string, name: string, side: Side, text: string, checked: boolean, choose: (key: string, name: string, side: Side) => void): HTMLElement {
  const input = h('input', { type: 'radio', name: `choice-${key}-${name}`, value: side, checked, onchange: () => choose(key, name, side) });
  return h('label', { class: 'row-name' }, input, name === '' ? h('span', { class: `side ${side}` }) : null, h('span', {}, text));
}
