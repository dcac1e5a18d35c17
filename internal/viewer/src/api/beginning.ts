// What the map begins with. It is asked for when this module first runs, which
// src/begin.ts sees to while the browser still loads and compiles the rest.

import type { StyleSpecification } from 'maplibre-gl';
import type { State } from '../core/state.ts';
import { readLink } from '../core/url.ts';
import type { Collection, Collections } from './types.ts';
import { getJSON } from './client.ts';

export interface Look { readonly dark: boolean; readonly lang: State['lang'] }

export const darkScreen = window.matchMedia('(prefers-color-scheme: dark)');

/** The look that a state asks for on this screen. */
export function lookOf(s: Pick<State, 'theme' | 'lang'>): Look {
  return { dark: s.theme === 'auto' ? darkScreen.matches : s.theme === 'dark', lang: s.lang };
}

export const sameLook = (a: Look, b: Look): boolean => a.dark === b.dark && a.lang === b.lang;

export async function loadStyle(l: Look): Promise<StyleSpecification> {
  const { body } = await getJSON<StyleSpecification>(`/styles/hanoi${l.dark ? '-dark' : ''}.json${l.lang === 'en' ? '?lang=en' : ''}`);
  return body;
}

export async function loadCollections(): Promise<Map<string, Collection>> {
  const { body } = await getJSON<Collections>('/collections');
  return new Map(body.collections.map((c) => [c.id, c]));
}

const first = lookOf(readLink(location.hash).state);
let begun: { readonly style: Promise<StyleSpecification>; readonly collections: Promise<Map<string, Collection>> } | null = {
  style: loadStyle(first), collections: loadCollections(),
};
for (const asked of Object.values(begun)) asked.catch(() => undefined); // whoever waits for it hears of it

/**
 * What was asked for first; the style anew where another look is wanted by now, and
 * all of it when the beginning failed and is tried again.
 */
export function beginning(look: Look): Promise<[StyleSpecification, Map<string, Collection>]> {
  const asked = begun;
  begun = null;
  return Promise.all([asked && sameLook(look, first) ? asked.style : loadStyle(look), asked ? asked.collections : loadCollections()]);
}
