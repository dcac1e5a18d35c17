// Sees whether what is being edited is still as it was read.

import { Problem } from '../../api/client.ts';
import { readBase } from '../../api/write.ts';
import { changesOf } from '../../edit/changes.ts';
import { show } from './actions.ts';
import type { Desk } from './desk.ts';
import { conflictsOf } from './save.ts';

const most = 30; // features that are looked at; a save finds the rest

export async function lookAgain(d: Desk): Promise<void> {
  if (d.session.get().layers.length === 0) return;
  try {
    const conflicts = await conflictsOf(d, changesOf(d.draft.get()).slice(0, most));
    d.session.send({ stale: conflicts.map((c) => c.key) });
    await renew(d);
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // the next change or the save will tell
  }
}

/** The feature that is open and not changed is read again. */
async function renew(d: Desk): Promise<void> {
  const { active } = d.session.get(), base = active === null ? undefined : d.draft.get().bases[active];
  if (!base || d.draft.get().now[active!] !== undefined) return;
  const next = await readBase(d.key(), base.layer, String(base.id));
  if (d.session.get().active !== active) return;
  if (next) d.draft.send({ type: 'open', base: next });
  else { d.c.say(d.t().theyDeleted, 'error'); show(d, 'list'); }
}

export async function resolve(d: Desk): Promise<void> {
  try {
    const conflicts = await conflictsOf(d, changesOf(d.draft.get()));
    if (conflicts.length > 0) show(d, 'conflict', { conflicts });
    else d.session.send({ stale: [] });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    d.c.say(`${d.t().theServer}: ${error.detail || error.message}`, 'error');
  }
}
