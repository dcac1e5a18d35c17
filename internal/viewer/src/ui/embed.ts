// The map as a part of another page: less around it, and a link to the whole map.

import type { State } from '../core/state.ts';
import { texts } from '../core/text.ts';
import { writeLink } from '../core/url.ts';
import { byId, h } from './dom.ts';

/**
 * Whether this is the page that others may frame. It must have no way to change
 * anything: who frames it could lead people to click what they do not see.
 */
export function isEmbedded(): boolean { return document.body.dataset['embed'] !== undefined; }

/** Follows the state with the link when the page is the one for frames. */
export function embedded(): (s: State) => void {
  if (!isEmbedded()) return () => undefined;
  const link = h('a', { id: 'full-map', target: '_blank', rel: 'noopener' });
  byId('statusline').append(link);
  return (s) => {
    link.textContent = texts[s.lang].fullMap;
    link.href = `/${writeLink(s)}`;
  };
}
