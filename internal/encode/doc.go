// Package encode writes features of one layer of a snapshot as a GIS or a script
// wants them: GeoJSON in four shapes, CSV, FlatGeobuf, GeoPackage. It knows no
// HTTP; a writer of any kind takes the bytes.
//
//	Selection: layer, which features, which properties,
//	           their values on a day, coordinate system
//	    │
//	    │ Format.Write: feature by feature, 64 kB at a time, until ctx ends
//	    ▼
//	  geojson     {"type":"FeatureCollection","features":[…]}     as it goes
//	  geojsonl    one Feature a line
//	  geojsonseq  RS Feature LF …           (RFC 8142)
//	  jsonfg      the first, with time, place and coordRefSys
//	  csv         a header, then a row each (RFC 4180)
//	  flatgeobuf  twice over the features: sizes and boxes for the index, bytes
//	  gpkg        through a temporary file, which is removed whatever happens
//
// The memory that a Write takes does not grow with the layer: 64 kB of text and
// the largest feature. The spatial index of a FlatGeobuf takes 60 bytes for each
// feature; from MaxIndexed features on there is none.
//
// # Numbers
//
// WGS 84 is written as it is stored, every digit: what a client reads is what it
// may send back in an edit. Other systems are computed, and rounded to 1 mm
// (metres) or 0.1 mm (degrees). Binary formats keep what was computed.
package encode
