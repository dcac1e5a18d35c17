// What was known at a time: the recorded time beside the time in the world.

import type { State } from '../core/state.ts';
import { formatMoment } from '../core/format.ts';
import type { Changeset } from '../api/types.ts';
import { getJSON, latest, Problem } from '../api/client.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { problemText, textOf, type Context } from './context.ts';

interface KnownControl { readonly element: HTMLElement; update(s: State): void }

export function knownControl(c: Context): KnownControl {
  const run = latest();
  let version = 0; // of what is shown; 0: not known yet
  let checked: string | null = null;
  const moment = h('input', { type: 'datetime-local', step: 1, id: 'known-moment' });
  const label = h('label', { for: 'known-moment' });
  const which = h('output', { id: 'known-version', role: 'status' });
  const earlier = h('button', { type: 'button', class: 'ghost small-icon', id: 'known-earlier', onclick: () => step(-1) }, icon('back'));
  const later = h('button', { type: 'button', class: 'ghost small-icon', id: 'known-later', onclick: () => step(1) }, icon('forward'));
  const now = h('button', { type: 'button', class: 'small', id: 'known-now', onclick: () => c.store.send({ type: 'asOf', at: null }) });
  const element = h('div', { class: 'known', id: 'known', role: 'group' }, label, moment, earlier, later, now, which);

  moment.addEventListener('change', () => {
    const at = new Date(moment.value);
    if (!Number.isNaN(at.getTime())) check(at.toISOString());
  });
  const failed = (error: unknown): void => {
    if (!(error instanceof Problem)) throw error;
    const t = textOf(c);
    c.say(error.status === 410 ? t.beforeRecord : problemText(c, error), 'error');
  };
  /** To the moment at which the version before or after began. */
  const step = (by: number): void => run(async (signal) => {
    try {
      const { body } = await getJSON<Changeset>(`/changesets/${version + by}`, signal);
      if (body.at) c.store.send({ type: 'asOf', at: body.at });
    } catch (error) {
      if (error instanceof Problem && error.status === 404) c.say(textOf(c).noSuchVersion);
      else failed(error);
    }
  });
  /** Asks which version that is; a time that cannot be shown is given up. */
  const check = (at: string | null): void => run(async (signal) => {
    try {
      const answer = await getJSON(at === null ? '/collections' : `/collections?as_of=${at}`, signal);
      if (answer.version === null) throw new Problem(410, 'nothing was known', ''); // before the first version
      version = answer.version;
      checked = at;
      if (c.store.get().asOf === at) words(c.store.get());
      else c.store.send({ type: 'asOf', at });
    } catch (error) {
      failed(error);
      if (c.store.get().asOf === at) c.store.send({ type: 'asOf', at: null });
    }
  });
  const words = (s: State): void => {
    const t = textOf(c);
    label.textContent = t.known;
    now.textContent = t.knownNow;
    which.textContent = version === 0 ? '' : `${t.version} ${version}${s.asOf === null ? '' : ` · ${formatMoment(s.asOf, s.lang)}`}`;
    for (const [button, text] of [[earlier, t.earlier], [later, t.later]] as const) {
      button.setAttribute('aria-label', text);
      button.title = text;
    }
    earlier.disabled = version <= 1;
    later.disabled = s.asOf === null;
    now.setAttribute('aria-pressed', String(s.asOf === null));
    if (document.activeElement !== moment) moment.value = localText(s.asOf === null ? new Date() : new Date(s.asOf));
  };
  let open = false;
  return {
    element,
    update(s) {
      const shown = !element.hidden;
      if (shown && (!open || checked !== s.asOf)) {
        checked = s.asOf;
        check(s.asOf);
      }
      open = shown;
      if (shown) words(s);
    },
  };
}

/** A moment as inputs want it, by the clock here. */
function localText(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
