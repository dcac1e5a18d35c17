package webmap

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/style"
)

// style answers GET /styles/{file}: a style of the MapLibre Style Specification
// that any client can draw, or the sprite that it names.
func (x request) style() error {
	name := x.PathParameter("file")
	if strings.HasPrefix(name, "sprite") {
		if err := x.NoParameters(); err != nil {
			return err
		}
		if x.assets[name] == nil {
			return noStyle(name)
		}
		return x.sendAsset(name)
	}
	if name != "hanoi.json" && name != "hanoi-dark.json" {
		return noStyle(name)
	}
	q := x.Read()
	lang, _ := q.Choice("lang")
	if err := q.Problem(); err != nil {
		return err
	}
	layers := make([]city.Layer, 0, len(x.View.All.Layers))
	for _, l := range x.View.All.Layers {
		layers = append(layers, *l.Definition())
	}
	center, zoom := opening(x.View.All.Layers)
	return x.SendJSON(style.Make(layers, style.Options{
		Base: x.Base(), Query: x.PinQuery("?"), Dark: name == "hanoi-dark.json", English: lang == "en", Center: center, Zoom: zoom,
		Dates: dates(x.View.All.Layers),
	}))
}

// opening is where a map opens: around the middle of the gateway intersections,
// so far out that three quarters of them are seen; without them so that everything is.
func opening(layers []*snapshot.Layer) ([2]float64, float64) {
	bound, ok := view.Bound(layers)
	if !ok {
		return [2]float64{}, 1
	}
	for _, l := range layers {
		if l.ID() == "intersections" && l.Len() > 0 {
			bound = busyBound(l)
		}
	}
	const usualPixels, tilePixels, deepest = 420, 512, 16
	widest := max(bound.Right()-bound.Left(), 1e-6)
	zoom := math.Log2(usualPixels * 360 / (tilePixels * widest))
	center := bound.Center()
	return [2]float64{edge.Round(center[0], 1e4), edge.Round(center[1], 1e4)}, edge.Round(min(max(zoom, 0), deepest), 1e2)
}

// busyBound is the box around the features of a layer without the eighth that is
// outermost on each side.
func busyBound(l *snapshot.Layer) orb.Bound {
	var x, y []float64
	l.All(func(f *snapshot.Feature) bool {
		c := f.Geometry().Bound().Center()
		x, y = append(x, c[0]), append(y, c[1])
		return true
	})
	slices.Sort(x)
	slices.Sort(y)
	low, high := len(x)/8, len(x)-1-len(x)/8
	return orb.Bound{Min: orb.Point{x[low], y[low]}, Max: orb.Point{x[high], y[high]}}
}

// dates returns the first and the last day that the layers made by hand name as
// the beginning or the end of something; nothing when there are none.
func dates(layers []*snapshot.Layer) []string {
	first, last := "", ""
	for _, l := range layers {
		def := l.Definition()
		if def.Key != city.PropCode {
			continue
		}
		var days []int
		for _, name := range []string{city.PropValidFrom, city.PropValidTo, city.PropStarted, city.PropCompletion} {
			if i := def.PropertyIndex(name); i >= 0 && def.Properties[i].Type == city.KindDate {
				days = append(days, i)
			}
		}
		l.All(func(f *snapshot.Feature) bool {
			for _, i := range days {
				if v := l.Value(f, i); !v.IsNull() {
					day := v.String()
					first, last = min(cmp.Or(first, day), day), max(last, day)
				}
			}
			return true
		})
	}
	if first == "" {
		return nil
	}
	return []string{first, last}
}
