// The form of a feature: a control for each property, with what is wrong beside it.

import { unitOf } from '../../core/catalogue.ts';
import { coded, word } from '../../core/text.ts';
import { current, layerOf, sameValue } from '../../edit/draft.ts';
import { fieldsOf, readValue, textOf, type Field } from '../../edit/form.ts';
import { forgiven } from '../../edit/mistakes.ts';
import { definitionOf } from '../../edit/session.ts';
import { citySource } from '../../map/map.ts';
import { h } from '../dom.ts';
import { change } from './actions.ts';
import type { Desk } from './desk.ts';
import { alert, say, type Part } from './part.ts';

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function fieldsSection(d: Desk, key: string): Part {
  const t = d.t(), definition = definitionOf(d.session.get(), layerOf(key));
  const shape = current(d.draft.get(), key);
  if (!definition || !shape) return { element: h('section', {}), update: () => undefined };
  const { first, rest } = fieldsOf(definition, shape.properties);
  const shown = first.map((f) => fieldPart(d, key, f)), hidden = rest.map((f) => fieldPart(d, key, f));
  const more = h('details', { class: 'edit-more' }, h('summary', {}, `${t.moreFields} (${rest.length})`), ...hidden.map((f) => f.element));
  more.hidden = rest.length === 0;
  return {
    element: h('section', { class: 'edit-fields' }, h('h3', {}, t.attributes), ...shown.map((f) => f.element), more),
    update() {
      for (const f of [...shown, ...hidden]) f.update();
      const wrong = d.session.get().mistakes.fields[key] ?? {};
      if (rest.some((f) => wrong[f.property.name] !== undefined)) more.open = true;
    },
  };
}

function fieldPart(d: Desk, key: string, f: Field): Part {
  const t = d.t(), { lang } = d.c.store.get(), { name, unit } = f.property;
  const id = `edit-field-${name}`, wrong = alert();
  wrong.id = `${id}-wrong`;
  const input = control(d, f, id);
  let local = ''; // what is wrong with what stands in the control
  const own = (): unknown => current(d.draft.get(), key)?.properties[name] ?? null;
  input.addEventListener('change', () => {
    const read = readValue(f, input.value);
    local = 'wrong' in read ? (read.wrong === 'required' ? t.requiredWrong : t[read.wrong]) : '';
    if ('value' in read && !sameValue(read.value, own())) {
      change(d, (s) => ({ properties: { ...s.properties, [name]: read.value } }));
      d.session.send({ mistakes: forgiven(d.session.get().mistakes, key, name) });
    }
    update();
  });
  const update = (): void => {
    const value = own(), base = d.draft.get().bases[key];
    const text = textOf(value), server = d.session.get().mistakes.fields[key]?.[name] ?? '';
    if (local === '' && document.activeElement !== input && input.value !== text) input.value = text;
    say(wrong, local || server);
    input.setAttribute('aria-invalid', String(local !== '' || server !== ''));
    row.classList.toggle('changed', base !== undefined && !sameValue(base.properties[name], value));
  };
  const { title, title_en } = f.property; // with its hints, which are for those who fill it in
  const label = (lang === 'vi' ? title || title_en : title_en || title) || name;
  const row = h('div', { class: `edit-field ${f.control}` },
    h('label', { for: id }, label, unit ? h('small', {}, ` (${unitOf(unit, lang)})`) : null, f.required ? h('small', {}, ` · ${t.required}`) : null),
    input, wrong);
  return { element: row, update };
}

function control(d: Desk, f: Field, id: string): Input {
  const t = d.t(), { lang } = d.c.store.get();
  const common = { id, 'aria-describedby': `${id}-wrong`, 'aria-required': f.required ? 'true' : null, autocomplete: 'off' };
  const options = (all: readonly (readonly [string, string])[]): HTMLSelectElement =>
    h('select', common, ...[['', t.none] as const, ...all].map(([value, text]) => h('option', { value }, text)));
  switch (f.control) {
    case 'choice': return options(f.options.map((o) => [o, o === 'day' || o === 'month' || o === 'year' ? t[o] : word(o, lang)] as const));
    case 'boolean': return options([['true', t.yes], ['false', t.no]]);
    case 'long': case 'json': return h('textarea', { ...common, rows: f.control === 'json' ? 2 : 3 });
    case 'date': return h('input', { ...common, type: 'date', min: '0001-01-01', max: '9999-12-31' });
    case 'integer': case 'number': return h('input', { ...common, type: 'text', inputmode: f.control === 'integer' ? 'numeric' : 'decimal' });
    default: return coded.has(f.property.name) ? withKnown(d, f, h('input', { ...common, type: 'text', list: `${id}-known` }), `${id}-known`) : h('input', { ...common, type: 'text' });
  }
}

/** Offers the codes that other features of the layer have, with their words. */
function withKnown(d: Desk, f: Field, input: HTMLInputElement, id: string): HTMLInputElement {
  const list = h('datalist', { id });
  input.addEventListener('focus', () => {
    const layer = layerOf(d.session.get().active ?? '');
    const values = new Set(d.c.map.gl.querySourceFeatures(citySource, { sourceLayer: layer }).map((x) => x.properties[f.property.name]).filter((v): v is string => typeof v === 'string' && v !== ''));
    list.replaceChildren(...[...values].sort().slice(0, 100).map((v) => h('option', { value: v }, word(v, d.c.store.get().lang))));
    input.after(list);
  });
  return input;
}
