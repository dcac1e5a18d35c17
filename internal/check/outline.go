package check

import (
	"math"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// outline is the area of the city.
type outline struct {
	polygons orb.MultiPolygon
	index    *geodesy.SegmentIndex // nil without polygons
	accuracy float64               // metres
}

// add takes the polygons of one feature; other shapes are ignored, and so are
// broken ones, which geometry-valid reports.
func (o *outline) add(g orb.Geometry, accuracy float64) {
	if validGeometry(g, 0) != nil {
		return
	}
	switch g := g.(type) {
	case orb.Polygon:
		o.polygons = append(o.polygons, g)
	case orb.MultiPolygon:
		o.polygons = append(o.polygons, g...)
	}
	o.accuracy = max(o.accuracy, accuracy)
}

func (o *outline) build() {
	if len(o.polygons) > 0 {
		o.index = geodesy.NewSegmentIndex(o.polygons)
	}
}

// inside lists features that lie wholly outside the city by more than the
// accuracies allow. One whose provinces are all others says so itself.
func (in *inspector) inside(f *city.Feature) {
	o := in.outline
	if o.index == nil || in.layer.ID == outlineLayer {
		return
	}
	if _, near := in.metres(f, o.index, o.accuracy+in.cols.number(f, city.PropAccuracy)); near {
		return
	}
	metres, _ := in.metres(f, o.index, math.Inf(1))
	provinces := in.cols.text(f, propProvinces)
	if provinces != "" && !strings.Contains(provinces, cityName) {
		in.report(InsideCity, Info, f, "outside the city by %.1f km, and says so: %s", metres/1000, provinces)
		return
	}
	in.report(InsideCity, Warning, f, "outside the city by %.1f km", metres/1000)
}
