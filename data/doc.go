// Package data holds what the twin knows before anything is imported: the
// layer catalogue (layers.yaml), the seed dataset (seed/*.geojson) and the
// profile that maps OpenStreetMap tags to layers (osm.yaml). All of it is
// embedded in the binary.
//
//	layers.yaml ──Layers()──► []city.Layer ◄── the schema of ──┐
//	                                                           │
//	seed/ring_roads.geojson ─┐                                 │
//	seed/wards.geojson       ├─Features(layer, yield)──► *city.Feature
//	…                        ┘
//	osm.yaml ──OSMProfile()──► text for package ingest
//
// README.md beside this file tells where every position and number comes from,
// how accurate it is and under which licence it stands.
package data
