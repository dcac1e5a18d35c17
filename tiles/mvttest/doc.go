// Package mvttest reads Mapbox Vector Tiles strictly, for tests: it accepts
// what version 2.1 of the specification allows (and, marked as such, version 1
// layers) and says where and why it refuses the rest. It favours clear errors
// over speed.
//
//	bytes ──protobuf──► Layer ──commands──► Feature.Points / Lines / Polygons
//	        wire types    keys, values         winding, closing, repeats,
//	        lengths       tags, names          zero steps, counts
//
// It never panics and never allocates more than a small multiple of its input,
// whatever counts the input claims.
package mvttest
