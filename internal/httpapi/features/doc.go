// Package features answers with features: pages of a layer, one feature, what is near,
// search, downloads of whole layers, and the schemas of what they are.
//
//	itemsAsked ── which (page.Question), from where on, how shown ──► asked
//	     ├── GeoJSON ──► appended, feature by feature ──► Send
//	     ├── another format ──► encode.Format ──► Send
//	     └── download ──► encode.Format ──► pieces: compressed and sent as they come
//
// Start at items; nearby is its own question (package proximity).
package features
