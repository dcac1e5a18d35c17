// What the server answers and takes, from the schemas of its OpenAPI document (/api).
// Written by tool/apitypes.go: change internal/openapi/schemas.json, then make viewer.

import type { Geometry } from 'geojson';

export interface Collections {
  readonly collections: readonly Collection[];
  readonly crs?: readonly string[];
  readonly links: Links;
  readonly numberMatched?: number;
  readonly numberReturned?: number;
  readonly timeStamp?: string;
}

/** A feature of one of the layers; FeatureMembers is one of a layer that is no more, in a state of the past. */
export type Feature = FeatureMembers;

/** What is near, nearest first. */
export interface Nearby {
  readonly features: readonly NearbyFeature[];
  readonly links: Links;
  readonly numberReturned: number;
  readonly type: 'FeatureCollection';
}

export interface FeatureCollection {
  /** The system of coordinates that are not longitude and latitude (GeoJSON of 2008). */
  readonly crs?: Readonly<Record<string, unknown>>;
  readonly features: readonly Feature[];
  readonly from?: End;
  readonly links?: Links;
  readonly numberMatched?: number;
  readonly numberReturned?: number;
  readonly timeStamp?: string;
  readonly to?: End;
  /** How many features differ, on the first page of a difference. */
  readonly totals?: readonly { readonly added: number; readonly changed: number; readonly layer: string; readonly removed: number }[];
  readonly type: 'FeatureCollection';
}

export interface History {
  readonly id: number;
  readonly layer: string;
  readonly links: Links;
  readonly numberReturned?: number;
  readonly states: readonly RecordedState[];
}

export interface SearchResults { readonly links: Links; readonly results: readonly SearchResult[] }

export interface StyleMetadata {
  readonly 'hanoitwin:dark'?: boolean;
  /** The first and the last day in the data. */
  readonly 'hanoitwin:dates'?: readonly [string, string];
  readonly 'hanoitwin:legend'?: readonly LegendEntry[];
  readonly [other: string]: unknown;
}

export interface LayerList { readonly layers: readonly LayerDefinition[]; readonly links: Links }

export interface Whoami {
  /** As the history names the author. */
  readonly name?: string;
  readonly role?: 'viewer' | 'editor' | 'admin';
  /** The layers whose features may be written. */
  readonly writes: readonly string[];
}

export interface ChangesetRequest { readonly edits: readonly ChangesetEdit[]; readonly message?: string }

export interface RevertRequest { readonly message?: string }

export interface Commit {
  /** Of the features, in the order of the edits. */
  readonly ids: readonly number[];
  readonly links: Links;
  readonly version: number;
}

export interface Changeset {
  readonly at: string;
  readonly author?: string;
  readonly changes: readonly { readonly after: RecordedFeature; readonly before: RecordedFeature; readonly id: number; readonly layer: string }[];
  readonly definitions?: readonly { readonly after: LayerDefinition | null; readonly before: LayerDefinition | null; readonly layer: string }[];
  readonly layers: readonly string[];
  readonly links: Links;
  readonly lost?: boolean;
  readonly message?: string;
  readonly version: number;
}

/** The data of an event named version at GET /events: what a version changed. */
export interface VersionEvent {
  readonly at?: string;
  readonly changesets: readonly { readonly at?: string; readonly author?: string; readonly message?: string; readonly version: number }[];
  /** The ids of what changed, by layer. */
  readonly features: Readonly<Record<string, readonly number[]>>;
  /** Those in which something changed. */
  readonly layers: readonly string[];
  /** The version before. */
  readonly since: number;
  /** Where the changed tiles are many. */
  readonly tile_ranges?: readonly TileRange[];
  /** The changed tiles as x/y, by zoom. */
  readonly tiles?: Readonly<Record<string, readonly string[]>>;
  readonly version: number;
  /** The layers to load anew. */
  readonly whole?: readonly string[];
}

/** The data of the events named hello, from which version on changes are told, and reset: load everything anew. */
export interface VersionMark { readonly version: number }

/** RFC 9457. type is stable and tells kinds of problem apart; errors names each mistake. */
export interface Problem {
  readonly detail?: string;
  readonly errors?: readonly Mistake[];
  /** The media types that there are. */
  readonly formats?: readonly string[];
  readonly instance?: string;
  /** The layers that there are. */
  readonly layers?: readonly string[];
  readonly newest_version?: number;
  readonly oldest_version?: number;
  /** As in X-Request-Id and in the log. */
  readonly request_id?: string;
  readonly status: number;
  readonly title: string;
  readonly type: string;
}

export interface Collection {
  readonly attribution?: string;
  readonly crs: readonly string[];
  readonly description?: string;
  readonly description_en?: string;
  readonly description_vi?: string;
  readonly extent?: Extent;
  readonly geometryDimension?: number;
  readonly geometryType: string;
  readonly id: string;
  readonly itemType: 'feature';
  readonly links: Links;
  readonly numberOfFeatures: number;
  readonly properties: readonly LayerProperty[];
  readonly storageCrs: string;
  readonly title?: string;
  readonly title_en?: string;
  readonly title_vi?: string;
}

export type Links = readonly Link[];

/** What features of all layers have. The members beside type, id, geometry and properties tell how a feature was found. */
export interface FeatureMembers {
  readonly bbox?: readonly number[];
  /** Degrees from north, clockwise; null where the distance is 0. */
  readonly bearing_deg?: number | null;
  readonly change?: 'added' | 'removed' | 'changed';
  readonly changed?: readonly { readonly after: unknown; readonly before: unknown; readonly property: string }[];
  readonly code?: string;
  /** Metres on the ellipsoid. */
  readonly distance_m?: number;
  readonly geometry: Geometry | null;
  readonly id: number;
  readonly layer?: string;
  readonly links?: Links;
  readonly nearest_point?: Position;
  readonly properties: Readonly<Record<string, unknown>>;
  /** How far the geometry moved, metres. */
  readonly shift_m?: number;
  readonly type: 'Feature';
}

/** A feature and how it lies. */
export type NearbyFeature = Feature & Required<Pick<Feature, 'layer' | 'distance_m' | 'bearing_deg' | 'nearest_point'>>;

export interface End { readonly datetime?: string; readonly version: number }

/** A feature as a version made it, and who made it, when and why. */
export interface RecordedState {
  readonly at?: string;
  readonly author?: string;
  readonly feature: RecordedFeature;
  readonly message?: string;
  /** 0: as it was before the record. */
  readonly version: number;
}

export interface SearchResult {
  readonly bbox: readonly [number, number, number, number];
  readonly code?: string;
  readonly id: number;
  readonly layer: string;
  readonly name?: string;
  readonly name_en?: string;
  readonly point: Position;
  readonly status?: string;
  /** The ward that it lies in, or the one whose point is nearest. */
  readonly ward?: { readonly name: string; readonly name_en?: string; readonly within: boolean };
}

/** A layer as a legend shows it. */
export interface LegendEntry {
  readonly group: 'rings' | 'works' | 'places' | 'other' | 'base';
  readonly layer: string;
  /** Whether a map starts without the layer. */
  readonly off?: boolean;
  readonly swatches: readonly LegendSwatch[];
}

export interface LayerDefinition {
  readonly attribution?: string;
  readonly description?: string;
  readonly description_en?: string;
  readonly extent?: readonly [number, number, number, number];
  readonly geometry: 'Geometry' | 'Point' | 'LineString' | 'Polygon' | 'MultiPoint' | 'MultiLineString' | 'MultiPolygon' | 'GeometryCollection';
  readonly id: string;
  readonly key?: string;
  readonly properties: readonly LayerProperty[];
  readonly tiles?: { readonly attributes?: readonly string[]; readonly classes?: readonly { readonly min_zoom: number; readonly property: string; readonly values: readonly string[] }[]; readonly min_size?: number; readonly min_zoom?: number; readonly simplify?: number };
  readonly title: string;
  readonly title_en: string;
  readonly visible_to?: readonly ('viewer' | 'editor' | 'admin')[];
}

export interface ChangesetEdit {
  readonly feature?: Readonly<Record<string, unknown>>;
  /** The id of the feature, or its code. */
  readonly id?: number | string;
  /** The ETag of what was read. */
  readonly if_match?: string;
  readonly layer: string;
  readonly op: 'create' | 'update' | 'patch' | 'delete';
}

/** A feature as it was, or null where it was not. */
export type RecordedFeature = null | { readonly geometry: Geometry | null; readonly id: number; readonly properties: Readonly<Record<string, unknown>>; readonly type: 'Feature' };

/** All tiles of a zoom from one corner to the other, some of which changed. */
export interface TileRange {
  readonly max_x: number;
  readonly max_y: number;
  readonly min_x: number;
  readonly min_y: number;
  readonly z: number;
}

export interface Mistake {
  readonly detail: string;
  readonly expected?: string;
  readonly limit?: unknown;
  readonly parameter?: string;
  /** JSON Pointer (RFC 6901) into the body. */
  readonly pointer?: string;
  readonly value?: string;
}

/** Holds all features, with some room: a twentieth of the longer side and 0.001° at least, rounded outward to 0.0001°; an end of time that is not known is the year 1 or 9999. */
export interface Extent {
  readonly spatial?: { readonly bbox: readonly (readonly [number, number, number, number])[]; readonly crs?: string };
  readonly temporal?: { readonly interval: readonly (readonly [string, string])[]; readonly trs?: string };
}

export interface LayerProperty {
  readonly name: string;
  readonly title?: string;
  readonly title_en?: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'instant' | 'json';
  readonly unit?: string;
}

export interface Link {
  readonly href: string;
  readonly hreflang?: string;
  readonly length?: number;
  readonly rel: string;
  readonly templated?: boolean;
  readonly title?: string;
  readonly type?: string;
}

/** Longitude, latitude in degrees (WGS 84), unless crs asks for others. */
export type Position = readonly [number, number, number?];

/** A small drawing, and the value of the layer's property that it stands for. */
export interface LegendSwatch {
  readonly colour?: string;
  /** A name of the sprite. */
  readonly icon?: string;
  readonly property?: string;
  readonly shape: string;
  readonly value?: string;
}
