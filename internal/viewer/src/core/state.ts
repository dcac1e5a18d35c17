// What the map shows, as one plain object, and how it changes. The address of
// the page says the same (url.ts).

export type Lang = 'vi' | 'en';
type Theme = 'light' | 'dark' | 'auto';
export type Status = 'in_operation' | 'under_construction' | 'planned' | 'retired';
export const statuses: readonly Status[] = ['in_operation', 'under_construction', 'planned', 'retired'];

export interface View {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
  readonly bearing: number;
  readonly pitch: number;
}

/** A feature by the name of its layer and its code or, if it has none, its id. */
export interface FeatureRef {
  readonly layer: string;
  readonly key: string;
}

export interface Place {
  readonly lon: number;
  readonly lat: number;
}

/** What is near something: the main question. */
export interface Question {
  readonly from: FeatureRef | Place;
  readonly radius: number; // metres
  readonly layers: readonly string[] | null; // null: those of interest
}

/** A second day beside the first: right of a line that can be moved. */
export interface Swipe {
  readonly date: string; // YYYY-MM-DD
  readonly at: number; // where the line is, percent of the width from the left
}

export interface State {
  readonly view: View | null; // null: where the style says
  readonly lang: Lang;
  readonly theme: Theme;
  readonly off: readonly string[]; // layers that are not shown
  readonly on: readonly string[]; // those shown although the style starts without
  readonly opacity: Readonly<Record<string, number>>; // 0 to 1, where it is not 1
  readonly hidden: readonly Status[]; // statuses that are not shown
  readonly hiddenIn: Readonly<Record<string, readonly Status[]>>; // by layer, beside hidden
  readonly order: readonly string[]; // layers from the topmost; empty: as the style has them
  readonly selected: FeatureRef | Place | null;
  readonly near: Question | null;
  readonly legend: boolean;
  readonly date: string | null; // YYYY-MM-DD; null: as recorded today
  readonly asOf: string | null; // RFC 3339: what was known then; null: what is known now
  readonly swipe: Swipe | null;
  readonly compare: boolean; // whether what differs between today and date is marked
  readonly measure: readonly (readonly [number, number])[] | null; // lon, lat
}

/** The parts of the state that change how the map is drawn. */
const drawnBy = ['off', 'on', 'opacity', 'hidden', 'hiddenIn', 'order', 'date', 'asOf', 'compare'] as const;

export function drawnAlike(a: State, b: State): boolean {
  return drawnBy.every((part) => a[part] === b[part]);
}

export const initial: State = {
  view: null, lang: 'vi', theme: 'auto', off: [], on: [], opacity: {}, hidden: [], hiddenIn: {}, order: [],
  selected: null, near: null, legend: false, date: null, asOf: null, swipe: null, compare: false, measure: null,
};

/** The largest radius that the server answers, and the smallest that makes sense. */
export const radiusLimits = { min: 50, max: 50_000 } as const;
export const usualRadius = 3_000;

export function isPlace(x: FeatureRef | Place): x is Place {
  return 'lon' in x;
}

export function sameTarget(a: FeatureRef | Place | null, b: FeatureRef | Place | null): boolean {
  if (a === null || b === null) return a === b;
  if (isPlace(a)) return isPlace(b) && a.lon === b.lon && a.lat === b.lat;
  return !isPlace(b) && a.layer === b.layer && a.key === b.key;
}

export type Action =
  | { type: 'moved'; view: View }
  | { type: 'lang'; lang: Lang }
  | { type: 'theme'; theme: Theme }
  | { type: 'layer'; layer: string; shown: boolean; startsOff: boolean }
  | { type: 'opacity'; layer: string; opacity: number }
  | { type: 'status'; status: Status; shown: boolean }
  | { type: 'layerStatus'; layer: string; status: Status; shown: boolean }
  | { type: 'order'; order: readonly string[] }
  | { type: 'asOf'; at: string | null }
  | { type: 'swipe'; swipe: Swipe | null }
  | { type: 'select'; target: FeatureRef | Place | null }
  | { type: 'ask'; question: Question | null }
  | { type: 'radius'; radius: number }
  | { type: 'askLayers'; layers: readonly string[] | null }
  | { type: 'legend'; open: boolean }
  | { type: 'date'; date: string | null }
  | { type: 'compare'; on: boolean }
  | { type: 'measure'; points: State['measure'] }
  | { type: 'load'; state: State };

export function reduce(s: State, a: Action): State {
  switch (a.type) {
    case 'moved': return { ...s, view: a.view };
    case 'lang': return { ...s, lang: a.lang };
    case 'theme': return { ...s, theme: a.theme };
    case 'layer': return {
      ...s,
      off: with_(s.off, a.layer, !a.shown && !a.startsOff),
      on: with_(s.on, a.layer, a.shown && a.startsOff),
    };
    case 'opacity': {
      const { [a.layer]: _, ...rest } = s.opacity;
      return { ...s, opacity: a.opacity >= 1 ? rest : { ...rest, [a.layer]: Math.max(a.opacity, 0) } };
    }
    case 'status': return { ...s, hidden: with_(s.hidden, a.status, !a.shown) };
    case 'layerStatus': {
      const { [a.layer]: before = [], ...rest } = s.hiddenIn;
      const now = with_(before, a.status, !a.shown);
      return { ...s, hiddenIn: now.length === 0 ? rest : { ...rest, [a.layer]: now } };
    }
    case 'order': return { ...s, order: a.order };
    case 'asOf': return { ...s, asOf: a.at };
    case 'swipe': return { ...s, swipe: a.swipe && { ...a.swipe, at: Math.round(Math.min(Math.max(a.swipe.at, 0), 100)) }, compare: a.swipe === null && s.compare };
    case 'select': return { ...s, selected: a.target, near: a.target === null ? s.near : null, measure: null };
    case 'ask': return { ...s, near: a.question && clamp(a.question), measure: null };
    case 'radius': return s.near === null ? s : { ...s, near: clamp({ ...s.near, radius: a.radius }) };
    case 'askLayers': return s.near === null ? s : { ...s, near: { ...s.near, layers: a.layers } };
    case 'compare': return { ...s, compare: a.on, swipe: a.on ? null : s.swipe };
    case 'date': return a.date === null ? { ...s, date: null, swipe: null, asOf: null, compare: false } : { ...s, date: a.date };
    case 'legend': return { ...s, legend: a.open };
    case 'measure': return { ...s, measure: a.points };
    case 'load': return a.state;
  }
}

function clamp(q: Question): Question {
  const radius = Number.isFinite(q.radius) ? q.radius : usualRadius;
  return { ...q, radius: Math.round(Math.min(Math.max(radius, radiusLimits.min), radiusLimits.max)) };
}

function with_<T>(list: readonly T[], member: T, present: boolean): readonly T[] {
  if (list.includes(member) === present) return list;
  return present ? [...list, member] : list.filter((m) => m !== member);
}
