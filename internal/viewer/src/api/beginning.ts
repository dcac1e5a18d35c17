// What the map begins with. It is asked for when this module first runs, which
// src/begin.ts sees to while the browser still loads and compiles the rest.

import type { StyleSpecification } from 'maplibre-gl';
import type { State } from '../core/state.ts';
import { readLink } from '../core/url.ts';
import type { Collection, Collections } from './types.ts';
import { getJSON, type Answer } from './client.ts';

export interface Look { readonly dark: boolean; readonly lang: State['lang'] }

export const darkScreen = window.matchMedia('(prefers-color-scheme: dark)');

/** The look that a state asks for on this screen. */
export function lookOf(s: Pick<State, 'theme' | 'lang'>): Look {
  return { dark: s.theme === 'auto' ? darkScreen.matches : s.theme === 'dark', lang: s.lang };
}

export const sameLook = (a: Look, b: Look): boolean => a.dark === b.dark && a.lang === b.lang;

const askStyle = (l: Look): Promise<Answer<StyleSpecification>> => getJSON(`/styles/hanoi${l.dark ? '-dark' : ''}.json${l.lang === 'en' ? '?lang=en' : ''}`);
const askCollections = (): Promise<Answer<Collections>> => getJSON('/collections');
const byName = ({ collections }: Collections): Map<string, Collection> => new Map(collections.map((c) => [c.id, c]));

export async function loadStyle(l: Look): Promise<StyleSpecification> { return (await askStyle(l)).body; }
export async function loadCollections(): Promise<Map<string, Collection>> { return byName((await askCollections()).body); }

const first = lookOf(readLink(location.hash).state);
let begun: { readonly style: Promise<Answer<StyleSpecification>>; readonly collections: Promise<Answer<Collections>> } | null = {
  style: askStyle(first), collections: askCollections(),
};
for (const asked of Object.values(begun)) asked.catch(() => undefined); // whoever waits for it hears of it

export interface Beginning {
  readonly style: StyleSpecification;
  readonly collections: Map<string, Collection>;
  /** The version that all of it is of, or newer; 0 when the server does not say. What came after it may be missing. */
  readonly version: number;
}

/**
 * What was asked for first; the style anew where another look is wanted by now, and
 * all of it when the beginning failed and is tried again.
 */
export async function beginning(look: Look): Promise<Beginning> {
  const asked = begun;
  begun = null;
  const [style, collections] = await Promise.all([asked && sameLook(look, first) ? asked.style : askStyle(look), asked ? asked.collections : askCollections()]);
  return { style: style.body, collections: byName(collections.body), version: Math.min(style.version ?? 0, collections.version ?? 0) };
}
