package csvfile

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Names by which columns are known, folded by fold, the best first.
var (
	namesLon = []string{"lon", "lng", "long", "longitude", "kinhdo", "geolon", "gpslon", "lond"}
	namesLat = []string{"lat", "latitude", "vido", "geolat", "gpslat", "latd"}
	namesX   = []string{"x", "easting", "east", "toadox", "xcoord", "coordx", "pointx"}
	namesY   = []string{"y", "northing", "north", "toadoy", "ycoord", "coordy", "pointy"}
	namesWKT = []string{"wkt", "geom", "geometry", "thegeom", "wkbgeometry", "shape", "hinhhoc"}
)

// columns says which columns hold the geometry. Unused ones are -1.
type columns struct {
	x, y, wkt  int
	geographic bool // x and y are named longitude and latitude
}

func (c columns) found() bool         { return c.wkt >= 0 || (c.x >= 0 && c.y >= 0) }
func (c columns) geometry(i int) bool { return i == c.wkt || (c.wkt < 0 && (i == c.x || i == c.y)) }

// fold makes names comparable: no case, no accents, no punctuation.
// "Kinh độ" becomes "kinhdo".
func fold(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// find chooses the geometry columns by the header.
func find(header []string) columns {
	folded := make([]string, len(header))
	for i, name := range header {
		folded[i] = fold(name)
	}
	pick := func(names []string) int {
		for _, name := range names {
			if i := slices.Index(folded, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	c := columns{x: pick(namesLon), y: pick(namesLat), wkt: -1, geographic: true}
	if c.x >= 0 && c.y >= 0 {
		return c
	}
	c = columns{x: pick(namesX), y: pick(namesY), wkt: pick(namesWKT)}
	if c.wkt >= 0 {
		c.x, c.y = -1, -1
	}
	return c
}
