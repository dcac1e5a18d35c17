package integration

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// suiteBox writes a box as the executable suite does, with seven decimals.
func suiteBox(b []float64) string {
	parts := make([]string, len(b))
	for i, v := range b {
		parts[i] = fmt.Sprintf("%.7f", v)
	}
	return strings.Join(parts, ",")
}

// extentAsBBox is FeaturesBBox_validateFeaturesWithBoundingBoxResponse: what is found
// in the extent of a collection is in it, also when its positions are read in single
// precision, as the suite's JSON reader does.
func extentAsBBox(t *testing.T, o *ogc) {
	for _, c := range o.collections(t) {
		b := c.Extent.Spatial.BBox[0]
		found := o.items(t, c.ID, "bbox", suiteBox(b))
		if found.NumberMatched != c.Features {
			t.Errorf("%s: %d of %d in the extent", c.ID, found.NumberMatched, c.Features)
		}
		for _, f := range found.Features {
			var rounded orb.MultiPoint
			for _, p := range positions(t, f.Geometry.Coordinates) {
				rounded = append(rounded, orb.Point{float64(float32(p[0])), float64(float32(p[1]))})
			}
			if inside := (orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}); !inside.Contains(rounded.Bound().Min) || !inside.Contains(rounded.Bound().Max) {
				t.Errorf("%s/%d: %v is outside of %v", c.ID, f.ID, rounded.Bound(), b)
			}
		}
	}
}

// extentAsBBoxInEverySystem is BBoxCrsParameter_verifyBboxCrsParameter: the extent's
// lower left and upper right corner, converted, span a box whose first page has no
// feature that the first page of the extent has not.
func extentAsBBoxInEverySystem(t *testing.T, o *ogc) {
	for _, c := range o.collections(t) {
		b := c.Extent.Spatial.BBox[0]
		plain := o.items(t, c.ID, "bbox", suiteBox(b)).ids()
		for _, uri := range c.CRS {
			system, err := refsys.Parse(uri)
			if err != nil {
				t.Fatal(err)
			}
			low, err := system.Converter().OutPoint(orb.Point{b[0], b[1]})
			if err != nil {
				t.Fatal(err)
			}
			high, err := system.Converter().OutPoint(orb.Point{b[2], b[3]})
			if err != nil {
				t.Fatal(err)
			}
			there := o.items(t, c.ID, "bbox", suiteBox([]float64{low[0], low[1], high[0], high[1]}), "bbox-crs", uri).ids()
			if len(there) == 0 {
				t.Errorf("%s in %s: nothing", c.ID, uri)
			}
			for _, id := range there {
				if !slices.Contains(plain, id) {
					t.Errorf("%s in %s: %d is not among the %d of the extent", c.ID, uri, id, len(plain))
				}
			}
		}
	}
}

// extentAsDatetime is FeaturesTime_collectionItemUrisWithDateTimes: the suite divides
// the interval of a collection and asks for its beginning, its second quarter, and
// two days. It cannot read an end that is null.
func extentAsDatetime(t *testing.T, o *ogc) {
	for _, c := range o.collections(t) {
		if c.Extent.Temporal == nil {
			continue
		}
		var ends [2]time.Time
		for i, text := range c.Extent.Temporal.Interval[0] {
			if text == nil {
				t.Fatalf("%s: an end of %v is null", c.ID, c.Extent.Temporal.Interval)
			}
			end, err := time.Parse(time.RFC3339, *text)
			if err != nil || len(c.Extent.Temporal.Interval) != 1 {
				t.Fatalf("%s: %v, %v", c.ID, c.Extent.Temporal.Interval, err)
			}
			ends[i] = end
		}
		quarter := (ends[1].Unix() - ends[0].Unix()) / 4
		second, third := time.Unix(ends[0].Unix()+quarter, 75e7).UTC(), time.Unix(ends[0].Unix()+2*quarter, 5e8).UTC()
		for _, when := range []string{
			ends[0].Format(time.RFC3339), second.Format(time.RFC3339Nano) + "/" + third.Format(time.RFC3339Nano), second.Format(time.DateOnly) + "/P2D",
		} {
			p := o.items(t, c.ID, "datetime", when, "limit", "10000")
			if p.NumberMatched != len(p.Features) {
				t.Errorf("%s, datetime=%s: %d of %d", c.ID, when, len(p.Features), p.NumberMatched)
			}
		}
		if p := o.items(t, c.ID, "datetime", *c.Extent.Temporal.Interval[0][0]+"/"+*c.Extent.Temporal.Interval[0][1], "limit", "1"); p.NumberMatched != c.Features {
			t.Errorf("%s: %d of %d in the interval", c.ID, p.NumberMatched, c.Features)
		}
	}
}
