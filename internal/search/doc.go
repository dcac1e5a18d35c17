// Package search finds features by what people type of their names and codes:
// accents and case are optional, the order of words is free.
//
//	"nga tu so"  ──Fold──►  nga tu so  ──►  Nút giao Ngã Tư Sở
//	"vd3-4"      ──────────────────────►  the ring section with that code
//
// A layer's names are folded once and kept beside the layer, which never
// changes; the next version of a layer is folded anew, the others are shared.
// A search then scans the distinct names: 20,000 of them in a millisecond or two.
package search
