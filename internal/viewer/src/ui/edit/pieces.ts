// The parts and holes of the feature that is edited: one more, one less.

import { kindOf, pieceAt, piecesOf, takesParts, withoutPiece } from '../../edit/parts.ts';
import { activeGeometry } from '../../edit/paint.ts';
import { definitionOf } from '../../edit/session.ts';
import { layerOf } from '../../edit/draft.ts';
import { h } from '../dom.ts';
import { beginPiece, removePiece } from './actions.ts';
import type { Desk } from './desk.ts';
import { action, type Part } from './part.ts';

export function piecesRow(d: Desk): Part {
  const t = d.t();
  const begin = (as: 'hole' | 'part') => (): void => { const { active } = d.session.get(); if (active) beginPiece(d, active, as); };
  const hole = action(t.addHole, begin('hole'), { icon: 'plus', id: 'edit-add-hole' });
  const part = action(t.addPart, begin('part'), { icon: 'plus', id: 'edit-add-part' });
  const gone = action(t.removeHole, () => removePiece(d), { class: 'small danger', icon: 'bin', id: 'edit-remove-piece' });
  const element = h('div', { class: 'edit-buttons edit-pieces' }, hole, part, gone);
  return {
    element,
    update() {
      const s = d.session.get(), g = activeGeometry(d.draft.get(), s), kind = g && kindOf(g);
      const piece = g && s.vertex ? pieceAt(g, s.vertex) : null;
      hole.hidden = kind !== 'Polygon';
      part.hidden = !kind || !s.active || !takesParts(kind, definitionOf(s, layerOf(s.active))?.geometry ?? '');
      gone.hidden = !g || !piece || withoutPiece(g, piece) === null;
      gone.lastChild!.textContent = piece?.kind === 'hole' ? t.removeHole : t.removePart;
      element.hidden = hole.hidden && part.hidden && gone.hidden;
    },
  };
}

/** How many parts and holes there are and, when a vertex is chosen, which it is of; '' for one part without holes. */
export function piecesText(d: Desk): string {
  const t = d.t(), s = d.session.get(), g = activeGeometry(d.draft.get(), s);
  const all = g ? piecesOf(g) : [];
  if (!g || all.length < 2) return '';
  const piece = s.vertex ? pieceAt(g, s.vertex) : null, parts = all.filter((p) => p.kind === 'part').length, holes = all.length - parts;
  if (piece) return [parts > 1 ? `${t.part} ${piece.part}/${parts}` : '', piece.hole > 0 ? `${t.hole} ${piece.hole}` : ''].filter(Boolean).join(', ');
  return [parts > 1 ? `${parts} ${t.parts}` : '', holes > 0 ? `${holes} ${holes > 1 ? t.holes : t.hole}` : ''].filter(Boolean).join(', ');
}
