package snapshot

import "github.com/paulmach/orb"

// Fetch reads a little of what is to be written of each of some features. Whoever
// goes through features in another order than that of places waits for memory
// several times for each; here the processor waits for many of them at once. The
// result means nothing.
//
//go:noinline
func Fetch(features []*Feature) (read float64) {
	for _, f := range features {
		if len(f.tags) > 0 {
			read += float64(f.tags[0].Key)
		}
		switch g := f.geometry.(type) {
		case orb.Point:
			read += g[0]
		case orb.LineString:
			if len(g) > 0 {
				read += g[0][0] + g[len(g)-1][0]
			}
		}
	}
	return read
}
