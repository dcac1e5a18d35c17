// <hanoi-map>: the map in any page, by one script.
//
//	<script type="module" src="https://twin.example.vn/viewer/hanoi-map.js"></script>
//	<hanoi-map center="105.85,21.03" zoom="12" layers="ring_roads,intersections"
//	           datetime="2030-01-01" lang="en" theme="dark"></hanoi-map>
//
// It loads everything from the server that the script came from.

import type { StyleSpecification } from 'maplibre-gl';
import { drawnStyle, legendOf } from './core/style.ts';
import { overlayColours } from './core/overlay.ts';
import { elementAttributes, readElement, type ElementWishes } from './core/element.ts';
import { initial } from './core/state.ts';
import { CityMap, startWorker } from './map/map.ts';
import mapRules from './css/map.css';

const server = new URL('..', import.meta.url);

class HanoiMap extends HTMLElement {
  static readonly observedAttributes = elementAttributes;
  private city: CityMap | null = null;
  private base: StyleSpecification | null = null;
  private look = '';
  private waiting = false;

  /** The map of MapLibre, once it is there. */
  get map(): CityMap['gl'] | null { return this.city?.gl ?? null; }

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const rules = new CSSStyleSheet();
    rules.replaceSync(`:host { display: block; position: relative; min-height: 320px; overflow: hidden; }
      .credit { position: absolute; right: 0; bottom: 0; margin: 0; padding: 1px 6px; font: 11px/1.5 system-ui, sans-serif; color: #24303a; background: rgb(255 253 249 / 85%); }
      .trouble { position: absolute; inset: auto 0 50% 0; text-align: center; font: 14px system-ui, sans-serif; }
      ${mapRules}`);
    root.adoptedStyleSheets = [rules];
    this.later();
  }

  disconnectedCallback(): void {
    this.city?.gl.remove();
    this.city = this.base = null;
    this.look = '';
    this.shadowRoot?.replaceChildren();
  }

  attributeChangedCallback(): void { if (this.isConnected) this.later(); }

  /** Draws what the attributes say, once for all that change together. */
  private later(): void {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.draw().catch((error: unknown) => {
        this.shadowRoot?.append(Object.assign(document.createElement('p'), { className: 'trouble', textContent: 'Không tải được bản đồ · The map could not be loaded' }));
        console.warn(error);
      });
    });
  }

  private async draw(): Promise<void> {
    const w = readElement((name) => this.getAttribute(name), window.matchMedia('(prefers-color-scheme: dark)').matches);
    const look = `/styles/hanoi${w.dark ? '-dark' : ''}.json${w.lang === 'en' ? '?lang=en' : ''}`;
    if (look !== this.look || !this.base) {
      const answer = await fetch(new URL(look, server));
      if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
      this.base = (await answer.json()) as StyleSpecification;
      this.look = look;
    }
    if (!this.isConnected) return;
    const style = this.styleOf(this.base, w);
    if (!this.city) this.open(style, w);
    else {
      this.city.setStyle(style);
      if (w.center || w.zoom !== null) this.city.gl.jumpTo({ ...(w.center ? { center: [...w.center] } : {}), ...(w.zoom === null ? {} : { zoom: w.zoom }) });
    }
  }

  private styleOf(base: StyleSpecification, w: ElementWishes): StyleSpecification {
    const off = w.layers === null ? [] : legendOf(base).filter((e) => e.group !== 'base' && !w.layers?.includes(e.layer)).map((e) => e.layer);
    return drawnStyle(base, { ...initial, off, date: w.date }, () => false, overlayColours(w.dark), '');
  }

  private open(style: StyleSpecification, w: ElementWishes): void {
    startWorker(server);
    const box = document.createElement('div');
    const credit = Object.assign(document.createElement('p'), { className: 'credit' });
    const source = style.sources['hanoi'];
    credit.textContent = source?.type === 'vector' ? source.attribution ?? '' : '';
    this.shadowRoot?.append(box, credit);
    const at = w.center ?? (style.center as [number, number] | undefined) ?? [105.85, 21.03];
    this.city = new CityMap(box, style, { lon: at[0], lat: at[1], zoom: w.zoom ?? style.zoom ?? 10, bearing: 0, pitch: 0 }, true);
    this.city.gl.getCanvas().setAttribute('aria-label', w.lang === 'en' ? 'Map of Hanoi' : 'Bản đồ Hà Nội');
    this.city.onClick((place, x, y) => {
      const found = this.city?.pick(x, y, 5)[0];
      this.dispatchEvent(new CustomEvent('hanoi-click', { detail: { lngLat: place, layer: found?.layer ?? null, id: found?.id ?? null, properties: found?.properties ?? null } }));
    });
    void this.city.whenIdle().then(() => this.dispatchEvent(new Event('hanoi-ready')));
  }
}

customElements.define('hanoi-map', HanoiMap);
