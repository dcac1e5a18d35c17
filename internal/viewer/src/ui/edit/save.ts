// Saves the draft as one change set, and takes a save back.

import { Problem } from '../../api/client.ts';
import { commit, readBase, Refusal, revert } from '../../api/write.ts';
import { changesOf, changeset, type Change } from '../../edit/changes.ts';
import { missing } from '../../edit/form.ts';
import type { Conflict } from '../../edit/merge.ts';
import { none, placed, type Placed } from '../../edit/mistakes.ts';
import { sentence } from '../../edit/sentence.ts';
import { definitionOf } from '../../edit/session.ts';
import { show } from './actions.ts';
import type { Desk } from './desk.ts';

export async function save(d: Desk): Promise<void> {
  const changes = changesOf(d.draft.get()), t = d.t();
  if (changes.length === 0) { show(d, 'list'); return; }
  const empty = incomplete(d, changes);
  if (empty) {
    d.session.send({ mistakes: empty, trouble: t.mistakes });
    return;
  }
  d.session.send({ busy: true, trouble: '', mistakes: none });
  try {
    const { version } = await commit(d.key(), changeset(changes, d.draft.get().message.trim()));
    d.draft.send({ type: 'clear' });
    show(d, 'list', { saved: version, stale: [] });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await refused(d, error, changes);
  } finally {
    d.session.send({ busy: false });
  }
}

/** What cannot be right, before the server is asked. */
function incomplete(d: Desk, changes: readonly Change[]): Placed | null {
  const s = d.session.get(), fields: Record<string, Record<string, string>> = {};
  for (const c of changes) {
    for (const name of c.now ? missing(definitionOf(s, c.layer), c.now.properties) : []) (fields[c.key] ??= {})[name] = d.t().requiredWrong;
  }
  return Object.keys(fields).length > 0 ? { ...none, fields } : null;
}

async function refused(d: Desk, error: Problem, changes: readonly Change[]): Promise<void> {
  const t = d.t(), keys = changes.map((c) => c.key);
  if (error.status === 0) {
    d.session.send({ trouble: t.maybeSaved });
    return;
  }
  const where = error instanceof Refusal ? placed(error.mistakes, keys, (m) => sentence(m, d.c.store.get().lang)) : none;
  // The store may have found it without saying which.
  const stale = error.status === 412 && where.stale.length === 0 ? keys : where.stale;
  const conflicts = await conflictsOf(d, changes.filter((c) => stale.includes(c.key)));
  const known = Object.keys(where.fields).length > 0 || where.message !== '';
  d.session.send({ mistakes: where, trouble: known ? t.mistakes : `${t.theServer}: ${error.detail || error.message}` });
  if (conflicts.length > 0) show(d, 'conflict', { conflicts });
  else if (stale.length > 0 && error.status === 412) d.session.send({ trouble: `${t.theServer}: ${error.detail || error.message}` });
}

/** What of the changes is about features that are no longer as they were read. */
export async function conflictsOf(d: Desk, changes: readonly Change[]): Promise<Conflict[]> {
  const all: Conflict[] = [];
  for (const { base, key, now } of changes) {
    if (base === null) continue;
    const theirs = await readBase(d.key(), base.layer, String(base.id));
    if (theirs === null && now === null) d.draft.send({ type: 'rebase', key, base: null, shape: null }); // both deleted it
    else if (theirs?.etag !== base.etag) all.push({ key, base, mine: now, theirs });
  }
  return all;
}

/** Makes a new version that takes the last save back. */
export async function revertSaved(d: Desk): Promise<void> {
  const t = d.t(), { saved } = d.session.get();
  if (saved === null) return;
  d.session.send({ busy: true });
  try {
    const { version } = await revert(d.key(), saved, `${t.revertMessage} ${saved}`);
    d.session.send({ saved: null });
    d.c.say(`${t.reverted} ${version}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const features = error instanceof Refusal ? error.mistakes.map((m) => m.value).filter(Boolean).join(', ') : '';
    d.c.say(`${t.theServer}: ${error.detail || error.message} ${features}`.trim(), 'error');
  } finally {
    d.session.send({ busy: false });
  }
}
