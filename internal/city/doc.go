// Package city holds the nouns of the twin: Layer, Feature, Value, Status,
// Version and Change. It imports orb for geometry and nothing of ours, so that
// every other package can speak in these words.
//
//	Layer "ring_roads"            Feature 17
//	┌──────────────────────┐      ┌─────────────────────────────┐
//	│ Properties           │      │ ID        17                │
//	│  0 code    string    │◄─────│ Values[0] "VD3-4"           │
//	│  1 name    string    │◄─────│ Values[1] "Bắc Linh Đàm …"  │
//	│  2 status  string    │◄─────│ Values[2] "in_operation"    │
//	│  …                   │      │ Geometry  lon/lat, WGS 84   │
//	└──────────────────────┘      └─────────────────────────────┘
//
// All coordinates are WGS 84 longitude, latitude in degrees (OGC:CRS84 order).
package city
