package tilesets

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// paramCollections is the parameter of OGC API Tiles that selects layers.
const paramCollections = "collections"

func collectionsParameter() params.Parameter {
	return params.Parameter{
		Name: paramCollections, Kind: params.List, Syntax: "names or addresses of layers, with commas between", Example: "ring_roads,intersections",
		About: "Only these layers, in this order.",
	}
}

// tilesetTile answers GET …/tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}
// of all layers and of one. In Web Mercator it is the tile of
// /tiles/{layers}/{z}/{x}/{y}.mvt, from the same entry of the cache.
func (x request) tilesetTile() error {
	s := x.Service
	accepted, err := x.Negotiate()
	if err != nil {
		return err
	}
	set, err := x.matrixSet()
	if err != nil {
		return err
	}
	at, err := set.ParseTile(x.PathValue("tileMatrix"), x.PathValue("tileRow"), x.PathValue("tileCol"))
	if err != nil {
		return noTile(err)
	}
	chosen, err := x.chosenLayers()
	if err != nil {
		return err
	}
	key := tilecache.Key{
		Layers: chosen.Name, Ordered: chosen.ordered, Tile: set.Square(at),
		Days: x.Lens.Days, Look: chosen.Look, Coding: accepted.Best,
	}
	if !set.Native() {
		key.Set = set
	}
	p, found := s.tiles.Find(key, x.View.Snapshot.Version())
	if !found {
		if p, err = x.loadTile(key, chosen.LayerSet, chosen.lookAsked); err != nil {
			return err
		}
	}
	if len(p.Body) == 0 && !inLimits(set, at, chosen.Layers) {
		return noTile(fmt.Errorf("%w: %s %s is outside the tileMatrixSetLimits of the tileset", tms.ErrTile, set.ID(), at))
	}
	x.Headers["Vary"] = x.Fixed.Vary
	x.Headers["Cache-Control"] = x.Fixed.NoCache
	x.Deliver(p, x.Fixed.MVT)
	return nil
}

// inLimits tells whether the tileset of some layers has the tile. Tiles that show
// something are always within the limits: only empty ones need to be asked for.
func inLimits(set *tms.Set, at tms.Tile, layers []*snapshot.Layer) bool {
	extent, some := view.Bound(layers)
	if !some {
		return true // a tileset of nothing has no limits but those of the set
	}
	l, ok := set.Limits(extent, at.Matrix)
	return ok && l.Contains(at)
}

// noTile is the problem of a tile that is not in the tileset (OGC API Tiles,
// /req/core/tc-error).
func noTile(err error) *problem.Problem {
	p := problem.New(http.StatusNotFound, "no-such-tile", "No such tile", strings.ReplaceAll(err.Error(), "\n", "; ")+".")
	p.Cause = err
	return p
}

// matrixSet returns the tile matrix set named in the path.
func (x request) matrixSet() (*tms.Set, error) {
	id := x.PathParameter("tileMatrixSet")
	if set := tms.Find(x.matrixSets, id); set != nil {
		return set, nil
	}
	var names []string
	for _, set := range x.matrixSets {
		names = append(names, set.ID())
	}
	return nil, problem.New(http.StatusNotFound, "unknown-tile-matrix-set", "No such tile matrix set",
		fmt.Sprintf("There is no tile matrix set named %q; there are %s.", problem.Clip(id), strings.Join(names, ", ")))
}

// chosen is the layers that a tileset is made of, and the look at them.
type chosen struct {
	view.LayerSet
	lookAsked
	ordered bool // not in the order of their names
	all     bool // those that there are, because none were named
	one     bool // that of the path
}

// chosenLayers returns the layer of the path, or those of the parameter
// collections, or all. It reads the query.
func (x request) chosenLayers() (c chosen, err error) {
	quiet := x.Raw == "" && len(x.Query.Carried) == 0
	if !quiet {
		x.Read()
	}
	switch name := x.PathParameter("layer"); {
	case name != "":
		set, unknown, _ := x.View.Layers(name, 1)
		if len(unknown) > 0 || len(set.Layers) != 1 || set.Name != name {
			return c, cmp.Or[error](x.Query.Problem(), x.View.UnknownLayers([]string{name}))
		}
		c = chosen{LayerSet: set, one: true}
	case quiet:
		c = chosen{LayerSet: x.View.All, all: true}
	default:
		c = x.selected(&x.Query)
	}
	if quiet {
		return c, nil
	}
	x.subset(&x.Query)
	c.lookAsked = lookOf(&x.Query, c.Layers)
	return c, x.Query.Problem()
}

// selected reads the parameter collections. Names that do not exist are among the
// mistakes of q.
func (x request) selected(q *params.Query) (c chosen) {
	list, ok := q.Get(paramCollections)
	if !ok {
		return chosen{LayerSet: x.View.All, all: true}
	}
	limit, n := x.config.MaxLayers, 0
	prefix := x.Base() + "/collections/"
	params.Split(list, func(name string) {
		if n++; n > limit {
			return
		}
		name = strings.TrimPrefix(strings.TrimSpace(name), prefix)
		l, err := x.View.Layer(name)
		if err != nil {
			q.Mistake(problem.Mistake{Parameter: paramCollections, Value: problem.Clip(name), Expected: "names of layers, see /collections", Detail: "is no layer"})
		} else if !slices.Contains(c.Layers, l) {
			c.Layers = append(c.Layers, l)
		}
	})
	if n > limit {
		q.Mistake(problem.Mistake{Parameter: paramCollections, Limit: limit, Detail: fmt.Sprintf("names %d layers, more than %d", n, limit)})
	}
	c.Name = view.NameOf(c.Layers)
	c.ordered = !slices.IsSortedFunc(c.Layers, func(a, b *snapshot.Layer) int { return view.CompareLayer(a, b.ID()) })
	return c
}
