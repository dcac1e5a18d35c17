// Package viewer holds the web map: its sources (TypeScript in src, icons) and
// what is built from them (dist), which the program embeds and serves.
//
//	src/core    pure: state, address, style, format, text       ┐
//	src/geo     pure: ellipsoid, VN-2000, coordinates as typed  │ bundled into
//	src/edit    pure: drafts, differences, conflicts, snapping  │
//	src/api     asks the server, hears of changes               ├─ app.js and its
//	src/map     the one adapter to MapLibre                     │ chunks by tool (Go)
//	src/ui      panels, each follows the state                  ┘
//	src/component.ts   <hanoi-map> for other pages ─► hanoi-map.js
//	icons/*.svg ─────────────────────────────────────────────────► sprite.png
//
// Parts that are used rarely are imported when they are used: chunks of their own.
// embed.html is the map's page for frames in pages of others.
//
// The state is one plain object; actions change it, every part draws from it,
// and the address of the page says the same. The style that is drawn is that of
// /styles with the person's changes (src/core/style.ts), handed whole to
// MapLibre, which finds the difference.
//
// `make viewer` builds dist from the sources and what package-lock.json pins. A
// test does the same and compares, so that dist is never older than its sources.
package viewer
