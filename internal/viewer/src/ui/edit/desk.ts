// What the parts of the editor share: the draft, the session, the key.

import type { Box } from '../../geo/shape.ts';
import { createStore, type Store } from '../../core/store.ts';
import { nameOf, titleOf } from '../../core/catalogue.ts';
import { nothing, reduce, current, layerOf, type Draft, type DraftAction, type Shape } from '../../edit/draft.ts';
import { key, setKey } from '../../api/key.ts';
import { draftName } from '../../edit/place.ts';
import { editTexts, type EditText } from '../../edit/text.ts';
import { readDraft, writeDraft } from '../../edit/kept.ts';
import { start, type Session } from '../../edit/session.ts';
import type { Context } from '../context.ts';

export interface Desk {
  readonly c: Context;
  readonly draft: Store<Draft, DraftAction>;
  readonly session: Store<Session, Partial<Session>>;
  /** The key of this tab; '' for none. */
  key(): string;
  setKey(key: string): void;
  t(): EditText;
}

/** Drafts are of a server. */
export const ownDraft = draftName(location.pathname);

export function createDesk(c: Context): Desk {
  const draft = createStore<Draft, DraftAction>(readDraft(remembered(ownDraft)) ?? nothing, reduce);
  const desk: Desk = {
    c, draft,
    session: createStore<Session, Partial<Session>>(start, (s, change) => ({ ...s, ...change })),
    key, setKey,
    t: () => editTexts[c.store.get().lang],
  };
  let told = false;
  draft.watch((d, before) => {
    if (before === null || (d.now === before.now && d.message === before.message && d.bases === before.bases)) return;
    if (keep(ownDraft, writeDraft(d)) || told) return;
    told = true;
    c.say(desk.t().notKept, 'error');
  });
  return desk;
}

function remembered(name: string): string {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return ''; // the browser allows no storage
  }
}

function keep(name: string, text: string): boolean {
  try {
    if (text === '') localStorage.removeItem(name);
    else localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

/** What a feature of the draft is called. */
export function nameOfKey(d: Desk, key: string): string {
  const shape: Shape | null = current(d.draft.get(), key) ?? d.draft.get().bases[key] ?? null;
  const { lang } = d.c.store.get();
  const { properties = {} } = shape ?? {};
  const named = ['name', 'name_en', 'code', 'ref'].some((n) => (properties[n] ?? '') !== '');
  return named ? nameOf(properties, lang) : key.includes('/+') ? d.t().fresh : `${titleOfLayer(d, layerOf(key))} ${key.slice(key.indexOf('/') + 1)}`;
}

/** What of the world is on the screen: west, south, east, north; of a turned map the box around it. */
export function seenBox(d: Desk): Box {
  const b = d.c.map.gl.getBounds();
  return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
}

export function titleOfLayer(d: Desk, layer: string): string {
  const { lang } = d.c.store.get();
  const own = d.session.get().layers.find((l) => l.id === layer);
  return own ? (lang === 'vi' ? own.title || own.title_en : own.title_en || own.title) || layer : titleOf(d.c.collections.get(layer), layer, lang);
}
