// The one module that talks to MapLibre: everything else gives it styles and
// data and hears of clicks and moves.

import {
  Map as GLMap, prewarm, setWorkerUrl, type GeoJSONSource, type LayerSpecification, type LngLatBoundsLike, type MapGeoJSONFeature,
  type MapMouseEvent, type RequestTransformFunction, type StyleSpecification, type VectorTileSource,
} from 'maplibre-gl';
import type { Feature, FeatureCollection } from 'geojson';
import { sourceName as differenceSource } from '../core/difference.ts';
import type { Overlay } from '../core/overlay.ts';
import type { View } from '../core/state.ts';
import type { TileId } from '../core/news.ts';
import type { LonLat } from '../geo/ellipsoid.ts';
import { drawWhole } from './first.ts';
import { keepFresh } from './fresh.ts';

export const citySource = 'hanoi';
const areaSource = 'hanoi-areas'; // what areas are named from, in tiles of few zooms
const areaZoom = 9; // the deepest of them
const deepest = 20; // zoom of the map
const ownSources = [citySource, areaSource];

const usualPixels = 800; // the shorter side of a screen that the style's zoom is made for

/** What panels cover of the map, in pixels. */
export interface Padding { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number }

export interface Picked {
  readonly layer: string;
  readonly id: number | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly dimension: 0 | 1 | 2;
}

/** Starts the worker of maps: the sooner, the earlier it asks for tiles. */
export function startWorker(server: URL | Location = location): void {
  setWorkerUrl(new URL('/viewer/worker.js', server.href).href);
  prewarm();
}

export class CityMap {
  readonly gl: GLMap;
  /** A second map above this one, which one sees from so many pixels on. */
  beside: { readonly map: CityMap; from(): number } | null = null;
  /** Whether an editor has the pointer: clicks select nothing then. */
  taken = false;
  private fewest = 0; // pixels for each of CSS
  private readonly shown = new Map<Overlay, FeatureCollection>();

  /** Asks says how tiles and sprites are asked for: as they are named, or with a key. */
  constructor(container: HTMLElement, style: StyleSpecification, view: View | null, calm: boolean, asks: RequestTransformFunction = (url) => ({ url })) {
    this.gl = new GLMap({
      container, style: this.withoutEmpty(style),
      ...(view ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom, bearing: view.bearing, pitch: view.pitch } : opening(style, container)),
      attributionControl: false,
      minZoom: 5, maxZoom: deepest, maxPitch: 60,
      // Beyond their deepest zoom tiles are drawn larger, not cut into smaller ones,
      // each of which would name an area that it has a part of.
      zoomLevelsToOverscale: deepest - areaZoom,
      fadeDuration: calm ? 0 : 200,
      // Tiles that were left are fetched again, because only those in view are
      // told when they change; the browser's cache makes that cheap.
      maxTileCacheSize: 0,
      // Our own tiles and fonts only; nothing else may be asked for.
      transformRequest: asks,
      validateStyle: false,
    });
    drawWhole(this.gl);
    for (const name of ownSources) keepFresh(this.gl, name);
    this.complain();
    this.fine();
  }

  /** Draws with as many pixels as the screen has, also where the style sheet enlarges the map. */
  private fine(): void {
    this.refine();
    this.gl.on('resize', this.refine);
  }

  /** Draws with at least so many pixels for each of CSS, however few the screen has; 0 for those that it has. */
  atLeast(pixels: number): void {
    this.fewest = pixels;
    this.refine();
  }

  private readonly refine = (): void => {
    const wanted = Math.max(devicePixelRatio * enlarged(this.gl.getContainer()), this.fewest);
    if (Math.abs(this.gl.getPixelRatio() - wanted) > 0.01) this.gl.setPixelRatio(wanted);
  };

  /**
   * Errors go to the console but one: a tile that leaves the screen in the frame in
   * which the style changes is asked for again after it has been dropped. Nothing
   * is missing then; with no cache of tiles that were left it happens at times.
   */
  private complain(): void {
    this.gl.on('error', (e) => {
      const { error } = e as unknown as { error?: Error };
      if (!error?.message.startsWith('Should not be trying to reload a tile')) console.error(error);
    });
  }

  /** Draws another style; what the overlays show stays. */
  setStyle(style: StyleSpecification): void {
    this.gl.setStyle(this.withoutEmpty(style), {
      diff: true, validate: false,
      transformStyle: (before, next) => {
        if (!before) return next;
        const kept = Object.entries(before.sources).filter(([name]) => name.startsWith('twin-') || (ownSources.includes(name) && name in next.sources));
        const edited = before.layers.filter((l) => l.id.startsWith('edit-')); // map/sketch.ts draws them
        return { ...next, sources: { ...next.sources, ...Object.fromEntries(kept) }, layers: [...next.layers, ...edited] };
      },
    });
    // The city's sources only ever change their addresses; this way what is drawn
    // stays until the new tiles are there.
    for (const name of ownSources) {
      const wanted = style.sources[name], source = this.gl.getSource<VectorTileSource>(name);
      if (source && wanted?.type === 'vector' && wanted.tiles && wanted.tiles.join() !== source.tiles.join()) source.setTiles([...wanted.tiles]);
    }
  }

  whenIdle(): Promise<void> {
    return new Promise((resolve) => { void this.gl.once('idle', () => resolve()); });
  }

  show(overlay: Overlay, features: readonly Feature[]): void {
    const before = this.shown.get(overlay)?.features ?? [];
    if (features.length === 0 && before.length === 0) return;
    this.shown.set(overlay, { type: 'FeatureCollection', features: [...features] });
    this.beside?.map.show(overlay, features);
    if (this.gl.getSource(`twin-${overlay}`)) this.appear(overlay);
    else void this.gl.once('load', () => this.appear(overlay));
  }

  /** Lets the map beside show what this one shows. */
  mirror(): void {
    for (const [overlay, data] of this.shown) this.beside?.map.show(overlay, data.features);
  }

  private appear(overlay: Overlay): void {
    const data = this.shown.get(overlay);
    if (!data) return;
    this.gl.getSource<GeoJSONSource>(`twin-${overlay}`)?.setData(data);
    const wanted = data.features.length > 0 ? 'visible' : 'none';
    for (const id of this.gl.getLayersOrder()) {
      const l = this.gl.getLayer(id);
      if (l?.source === `twin-${overlay}` && (l.getLayoutProperty('visibility') ?? 'visible') !== wanted) this.gl.setLayoutProperty(id, 'visibility', wanted);
    }
  }

  /**
   * Overlays that show nothing are not drawn: each would have its tiles made and
   * masked in every frame.
   */
  private withoutEmpty(style: StyleSpecification): StyleSpecification {
    const layers = style.layers.map((l) => {
      const overlay = overlayOf(l);
      return overlay === null || (this.shown.get(overlay)?.features.length ?? 0) > 0 ? l : { ...l, layout: { ...l.layout, visibility: 'none' } } as LayerSpecification;
    });
    return { ...style, layers };
  }

  view(): View {
    const { lng, lat } = this.gl.getCenter();
    return { zoom: this.gl.getZoom(), lat, lon: lng, bearing: this.gl.getBearing(), pitch: this.gl.getPitch() };
  }

  /** The city's features around a spot of the screen, topmost first, each once. */
  pick(x: number, y: number, slack: number): Picked[] {
    if (this.beside && x > this.beside.from()) return this.beside.map.pick(x, y, slack);
    const found = this.gl.queryRenderedFeatures([[x - slack, y - slack], [x + slack, y + slack]]);
    const seen = new Set<string>();
    const picked: Picked[] = [];
    for (const f of found) {
      if (f.source !== citySource || f.sourceLayer === undefined) continue;
      const name = `${f.sourceLayer}/${f.id ?? picked.length}`;
      if (seen.has(name)) continue;
      seen.add(name);
      picked.push({ layer: f.sourceLayer, id: typeof f.id === 'number' ? f.id : null, properties: f.properties, dimension: dimensionOf(f) });
    }
    return picked;
  }

  /** Whether an overlay is drawn at a spot of the screen. */
  touches(layer: string, x: number, y: number, slack: number): boolean {
    if (!this.gl.getLayer(layer)) return false;
    return this.gl.queryRenderedFeatures([[x - slack, y - slack], [x + slack, y + slack]], { layers: [layer] }).length > 0;
  }

  onMoveEnd(listen: () => void): void { this.gl.on('moveend', listen); }
  onMove(listen: () => void): void { this.gl.on('move', listen); }
  onClick(listen: (at: LonLat, x: number, y: number) => void): void {
    this.gl.on('click', (e: MapMouseEvent) => listen([e.lngLat.lng, e.lngLat.lat], e.point.x, e.point.y));
  }
  onPoint(listen: (x: number, y: number) => void): void {
    this.gl.on('mousemove', (e: MapMouseEvent) => listen(e.point.x, e.point.y));
  }

  cursor(name: string): void { this.gl.getCanvas().style.cursor = name; }

  fit(box: LngLatBoundsLike, padding: Padding, maxZoom: number, calm: boolean): void {
    this.gl.fitBounds(box, { padding: within(padding, this.gl.getContainer()), maxZoom, animate: !calm, duration: 900 });
  }

  /** Whether some of a box lies where no panel covers the map. */
  sees(box: readonly [number, number, number, number], covered: Padding): boolean {
    const { clientWidth, clientHeight } = this.gl.getContainer();
    const p = this.gl.project([box[0], box[3]]), q = this.gl.project([box[2], box[1]]); // of a map that is not turned
    return Math.min(p.x, q.x) <= clientWidth - covered.right && Math.max(p.x, q.x) >= covered.left
      && Math.min(p.y, q.y) <= clientHeight - covered.bottom && Math.max(p.y, q.y) >= covered.top;
  }

  go(at: LonLat, zoom: number, calm: boolean, padding: Padding): void {
    this.gl.flyTo({ center: [...at], zoom, animate: !calm, duration: 1200, padding: { top: 0, bottom: 0, left: 0, right: 0 }, offset: [(padding.left - padding.right) / 2, (padding.top - padding.bottom) / 2] });
  }

  /** The tiles of the city that are loaded. */
  loadedTiles(): TileId[] {
    const manager = this.gl.style?.tileManagers[citySource];
    if (!manager) return [];
    return manager.getRenderableIds().map((id) => {
      const { z, x, y } = manager.getTileByID(id)!.tileID.canonical;
      return { z, x, y };
    });
  }

  /** Fetches tiles of the city again, all of them for null; the old ones stay until then. */
  refresh(stale: readonly TileId[] | null): void {
    this.beside?.map.refresh(stale);
    if (stale === null) {
      for (const name of [...ownSources, differenceSource]) if (this.gl.getSource(name)) this.gl.refreshTiles(name);
    } else if (stale.length > 0) {
      this.gl.refreshTiles(citySource, stale.map((t) => ({ ...t })));
      if (this.gl.getSource(areaSource)) this.gl.refreshTiles(areaSource, stale.map((t) => above(t, areaZoom)));
    }
  }
}

/** The tile of a zoom that has a tile in it, or the tile itself where that has no deeper zoom. */
function above({ z, x, y }: TileId, zoom: number): TileId {
  const up = Math.max(0, z - zoom);
  return { z: z - up, x: x >> up, y: y >> up };
}

function overlayOf(l: LayerSpecification): Overlay | null {
  return 'source' in l && typeof l.source === 'string' && l.source.startsWith('twin-') ? l.source.slice('twin-'.length) as Overlay : null;
}

/** How much the style sheet enlarges an element (CSS Viewport Module, currentCSSZoom); 1 where that is not known. */
function enlarged(e: HTMLElement): number {
  return 'currentCSSZoom' in e && typeof e.currentCSSZoom === 'number' ? e.currentCSSZoom : 1;
}

/** Where the style opens; nearer where the screen shows far more than that is made for. */
function opening(style: StyleSpecification, container: HTMLElement): { center?: [number, number]; zoom?: number } {
  const { center, zoom } = style;
  if (center === undefined || zoom === undefined) return {};
  const more = Math.log2(Math.min(container.clientWidth, container.clientHeight) / usualPixels);
  return { center: [center[0] ?? 0, center[1] ?? 0], zoom: more > 0.3 ? zoom + more : zoom };
}

/** Padding that leaves at least a third of a small map. */
function within(p: Padding, container: HTMLElement): Padding {
  const across = Math.min(1, (container.clientWidth * 0.6) / Math.max(p.left + p.right, 1));
  const down = Math.min(1, (container.clientHeight * 0.6) / Math.max(p.top + p.bottom, 1));
  return { left: p.left * across, right: p.right * across, top: p.top * down, bottom: p.bottom * down };
}

function dimensionOf(f: MapGeoJSONFeature): 0 | 1 | 2 {
  switch (f.geometry.type) {
    case 'Point': case 'MultiPoint': return 0;
    case 'LineString': case 'MultiLineString': return 1;
    default: return 2;
  }
}
