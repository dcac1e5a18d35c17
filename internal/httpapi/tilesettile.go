package httpapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// paramCollections is the parameter of OGC API Tiles that selects layers.
const paramCollections = "collections"

func collectionsParameter() parameter {
	return parameter{
		name: paramCollections, kind: listParameter, syntax: "names or addresses of layers, with commas between", example: "ring_roads,intersections",
		about: "Only these layers, in this order.",
	}
}

// tilesetTile answers GET …/tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}
// of all layers and of one. In Web Mercator it is the tile of
// /tiles/{layers}/{z}/{x}/{y}.mvt, from the same entry of the cache.
func (x *exchange) tilesetTile() error {
	s := x.server
	accepted, err := x.negotiate()
	if err != nil {
		return err
	}
	set, err := x.matrixSet()
	if err != nil {
		return err
	}
	at, err := set.ParseTile(x.r.PathValue("tileMatrix"), x.r.PathValue("tileRow"), x.r.PathValue("tileCol"))
	if err != nil {
		return noTile(err)
	}
	chosen, err := x.chosenLayers()
	if err != nil {
		return err
	}
	key := tileKey{
		layers: chosen.name, ordered: chosen.ordered, tile: set.Square(at),
		days: x.lens.worldDays, look: chosen.look, coding: accepted.Best,
	}
	if !set.Native() {
		key.set = set
	}
	p, found := s.tiles.find(key, x.view.snapshot.Version())
	if !found {
		if p, err = x.loadTile(key, chosen.layerSet, chosen.lookAsked); err != nil {
			return err
		}
	}
	if len(p.body) == 0 && !inLimits(set, at, chosen.layers) {
		return noTile(fmt.Errorf("%w: %s %s is outside the tileMatrixSetLimits of the tileset", tms.ErrTile, set.ID(), at))
	}
	x.header["Vary"] = s.fixed.vary
	x.header["Cache-Control"] = s.fixed.noCache
	x.deliver(p, s.fixed.mvt)
	return nil
}

// inLimits tells whether the tileset of some layers has the tile. Tiles that show
// something are always within the limits: only empty ones need to be asked for.
func inLimits(set *tms.Set, at tms.Tile, layers []*snapshot.Layer) bool {
	extent, some := boundOf(layers)
	if !some {
		return true // a tileset of nothing has no limits but those of the set
	}
	l, ok := set.Limits(extent, at.Matrix)
	return ok && l.Contains(at)
}

// noTile is the problem of a tile that is not in the tileset (OGC API Tiles,
// /req/core/tc-error).
func noTile(err error) *Problem {
	p := problem(http.StatusNotFound, "no-such-tile", "No such tile", strings.ReplaceAll(err.Error(), "\n", "; ")+".")
	p.cause = err
	return p
}

// matrixSet returns the tile matrix set named in the path.
func (x *exchange) matrixSet() (*tms.Set, error) {
	id := x.parameter("tileMatrixSet")
	if set := tms.Find(x.server.matrixSets, id); set != nil {
		return set, nil
	}
	var names []string
	for _, set := range x.server.matrixSets {
		names = append(names, set.ID())
	}
	return nil, problem(http.StatusNotFound, "unknown-tile-matrix-set", "No such tile matrix set",
		fmt.Sprintf("There is no tile matrix set named %q; there are %s.", clip(id), strings.Join(names, ", ")))
}

// chosen is the layers that a tileset is made of, and the look at them.
type chosen struct {
	layerSet
	lookAsked
	ordered bool // not in the order of their names
	all     bool // those that there are, because none were named
	one     bool // that of the path
}

// chosenLayers returns the layer of the path, or those of the parameter
// collections, or all. It reads the query.
func (x *exchange) chosenLayers() (c chosen, err error) {
	quiet := x.raw == "" && len(x.query.carried) == 0
	if !quiet {
		x.read()
	}
	switch name := x.parameter("layer"); {
	case name != "":
		set, unknown, _ := x.view.layers(name, 1)
		if len(unknown) > 0 || len(set.layers) != 1 || set.name != name {
			return c, cmp.Or[error](x.query.problem(), x.view.unknownLayers([]string{name}))
		}
		c = chosen{layerSet: set, one: true}
	case quiet:
		c = chosen{layerSet: x.view.all, all: true}
	default:
		c = x.selected(&x.query)
	}
	if quiet {
		return c, nil
	}
	x.subset(&x.query)
	c.lookAsked = x.query.look(c.layers)
	return c, x.query.problem()
}

// selected reads the parameter collections. Names that do not exist are among the
// mistakes of q.
func (x *exchange) selected(q *query) (c chosen) {
	list, ok := q.get(paramCollections)
	if !ok {
		return chosen{layerSet: x.view.all, all: true}
	}
	limit, n := x.server.config.MaxLayers, 0
	prefix := x.base() + "/collections/"
	splitList(list, func(name string) {
		if n++; n > limit {
			return
		}
		name = strings.TrimPrefix(strings.TrimSpace(name), prefix)
		l, err := x.view.layer(name)
		if err != nil {
			q.mistake(Mistake{Parameter: paramCollections, Value: clip(name), Expected: "names of layers, see /collections", Detail: "is no layer"})
		} else if !slices.Contains(c.layers, l) {
			c.layers = append(c.layers, l)
		}
	})
	if n > limit {
		q.mistake(Mistake{Parameter: paramCollections, Limit: limit, Detail: fmt.Sprintf("names %d layers, more than %d", n, limit)})
	}
	c.name = nameOf(c.layers)
	c.ordered = !slices.IsSortedFunc(c.layers, func(a, b *snapshot.Layer) int { return compareLayer(a, b.ID()) })
	return c
}
