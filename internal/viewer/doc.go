// Package viewer holds the web map: its sources (TypeScript in src, icons) and
// what is built from them (dist), which the program embeds and serves.
//
//	src/core    pure: state, address, style, format, text       ┐
//	src/geo     pure: ellipsoid, VN-2000, coordinates as typed  │ bundled into
//	src/edit    pure: drafts, differences, conflicts, snapping  │
//	src/api     asks the server, hears of changes               ├─ app.js by
//	src/map     the one adapter to MapLibre                     │ tool (Go)
//	src/ui      panels, each follows the state                  ┘
//	icons/*.svg ─────────────────────────────────────────────────► sprite.png
//
// The state is one plain object; actions change it, every part draws from it,
// and the address of the page says the same. The style that is drawn is that of
// /styles with the person's changes (src/core/style.ts), handed whole to
// MapLibre, which finds the difference.
//
// `make viewer` builds dist from the sources and what package-lock.json pins. A
// test does the same and compares, so that dist is never older than its sources.
package viewer
