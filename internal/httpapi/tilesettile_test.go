package httpapi

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// atsProject converts to the CRS of a set, apart from package tms.
func atsProject(t testing.TB, set *tms.Set, lonLat orb.Point) orb.Point {
	t.Helper()
	srid, err := crs.ParseSRID(set.CRS())
	if err != nil {
		t.Fatal(err)
	}
	to, err := crs.NewTransform(crs.WGS84, srid)
	if err != nil {
		t.Fatal(err)
	}
	xy, err := to.Point(lonLat)
	if err != nil {
		t.Fatal(err)
	}
	return xy
}

// decodeTile reads a tile, strictly.
func decodeTile(t testing.TB, data []byte) *mvttest.Tile {
	t.Helper()
	tile, err := mvttest.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

// perMetre is how many units of a set's CRS are a metre, about.
func perMetre(set *tms.Set) float64 {
	if set.ID() == tms.WorldCRS84Quad {
		return 1.0 / 111320
	}
	return 1
}

// TestWebMercatorQuadIsTheSameTile: both families of tiles are one, bytes, ETag
// and entry of the cache.
func TestWebMercatorQuadIsTheSameTile(t *testing.T) {
	server := newTested(t, Config{})
	for _, c := range []struct{ own, ogc string }{
		{"/tiles/all/11/1626/901.mvt", "/tiles/WebMercatorQuad/11/901/1626"},
		{"/tiles/roads/11/1626/901.mvt", "/collections/roads/tiles/WebMercatorQuad/11/901/1626"},
		{"/tiles/places,roads/11/1626/901.mvt", "/tiles/WebMercatorQuad/11/901/1626?collections=places,roads"},
		{"/tiles/all/11/1626/901.mvt?datetime=2027-01-01", "/tiles/WebMercatorQuad/11/901/1626?datetime=2027-01-01"},
	} {
		before := server.tiles.Stats().Tiles
		own := server.get(c.own, "Accept-Encoding", "gzip")
		if n := server.tiles.Stats().Tiles; n != before+1 {
			t.Errorf("%s: %d entries after %d", c.own, n, before)
		}
		misses := server.tiles.Stats().Misses
		ogc := server.get(c.ogc, "Accept-Encoding", "gzip")
		if server.tiles.Stats().Misses != misses {
			t.Errorf("%s was not in the cache", c.ogc)
		}
		want, got := body(t, own), body(t, ogc)
		if own.StatusCode != 200 || ogc.StatusCode != 200 || len(want) == 0 || !bytes.Equal(want, got) || own.Header.Get("Etag") != ogc.Header.Get("Etag") {
			t.Errorf("%s: %d, %d bytes; %s: %d, %d bytes", c.own, own.StatusCode, len(want), c.ogc, ogc.StatusCode, len(got))
		}
	}
	// And the order of layers in one does not change those of the other.
	if got := body(t, server.get("/tiles/WebMercatorQuad/11/901/1626?collections=roads,places")); bytes.Equal(got, body(t, server.get("/tiles/roads,places/11/1626/901.mvt"))) {
		t.Error("the order of collections does not count")
	}
}

// TestTilesAbroadAfterChange: a tile of another set follows the city, and keeps
// its entry while nothing in it changes.
func TestTilesAbroadAfterChange(t *testing.T) {
	server := newTested(t, Config{})
	set := tms.Find(tms.Sets(), tms.VN2000)
	at, _ := set.At(orb.Point{105.8524, 21.0288}, 12)
	address := "/tiles/VN2000TM3-105/" + at.String()
	ask := func() (string, int) {
		res := server.get(address)
		return res.Header.Get("Etag"), res.StatusCode
	}
	first, status := ask()
	if status != http.StatusOK {
		t.Fatal(status)
	}
	next, err := server.source.State().Snapshot.Apply([]city.Change{{Layer: "places", ID: 1}})
	if err != nil {
		t.Fatal(err)
	}
	server.source.set(next)
	second, _ := ask()
	if second == first || second == "" {
		t.Errorf("ETag %s after the change, %s before", second, first)
	}
}

// TestTilesAbroadFollowZoomRules: rules on zooms go by scale. The trunk road is
// shown from zoom 6 on, the street from 14.
func TestTilesAbroadFollowZoomRules(t *testing.T) {
	server := newTested(t, Config{})
	for id, shift := range map[string]int{tms.WebMercatorQuad: 0, tms.WorldCRS84Quad: 1, tms.VN2000: 3} {
		set := tms.Find(tms.Sets(), id)
		for zoom := 3; zoom < 18; zoom++ {
			at, ok := set.At(orb.Point{105.852, 21.0288}, uint8(zoom-shift))
			if !ok || zoom < shift {
				t.Fatal(id, zoom)
			}
			tile := decodeTile(t, body(t, server.get(fmt.Sprintf("/collections/roads/tiles/%s/%s", id, at))))
			street := false
			if l := tile.Layer("roads"); l != nil {
				for _, f := range l.Features {
					street = street || f.ID == 11
				}
			}
			if street != (zoom >= 14) {
				t.Errorf("%s at zoom %d: street %v", id, zoom, street)
			}
		}
	}
}

// TestFeatureOutsideOfCRS: what VN-2000 has no place for is left out of its tiles,
// and nothing else is.
func TestFeatureOutsideOfCRS(t *testing.T) {
	server := newTested(t, Config{})
	server.source.set(build(t, 43, map[city.LayerID][]city.Feature{"roads": {
		{ID: 1, Geometry: orb.LineString{{105.8, 21}, {2.35, 48.85}}, Values: []city.Value{text("Hà Nội – Paris"), text("trunk")}},
		{ID: 2, Geometry: orb.LineString{{105.8, 21}, {106.7, 10.8}}, Values: []city.Value{text("Hà Nội – Sài Gòn"), text("trunk")}},
	}}))
	at, _ := tms.Find(tms.Sets(), tms.VN2000).At(orb.Point{105.8, 21}, 6)
	l := decodeTile(t, body(t, server.get("/tiles/VN2000TM3-105/"+at.String()))).Layer("roads")
	if l == nil || len(l.Features) != 1 || l.Features[0].ID != 2 {
		t.Errorf("%+v", l)
	}
	at, _ = tms.Find(tms.Sets(), tms.WorldCRS84Quad).At(orb.Point{105.8, 21}, 6)
	if l := decodeTile(t, body(t, server.get("/tiles/WorldCRS84Quad/"+at.String()))).Layer("roads"); l == nil || len(l.Features) != 2 {
		t.Errorf("%+v", l)
	}
}

// TestLimitsHoldEveryTile compares the limits with the tiles that have something
// in them, in all matrices that are quickly looked through.
func TestLimitsHoldEveryTile(t *testing.T) {
	server := newTested(t, Config{})
	for _, set := range tms.Sets() {
		for m := range uint8(5) {
			columns, rows := set.Size(m)
			for row := range rows {
				for col := range columns {
					at := tms.Tile{Matrix: m, Row: row, Col: col}
					key := tilecache.Key{Tile: set.Square(at)}
					if !set.Native() {
						key.Set = set
					}
					layers := server.core.Views().Load("").All.Layers
					var b tilecache.Builder
					data, err := b.Encode(t.Context(), layers, key, 1<<20)
					if err != nil {
						t.Fatal(err)
					}
					if len(data) > 0 && !within(set, at, layers) {
						t.Errorf("%s %v has %d bytes, outside of the limits", set.ID(), at, len(data))
					}
				}
			}
		}
	}
}

// within tells whether a tile is in the limits of the tileset of some layers.
func within(set *tms.Set, at tms.Tile, layers []*snapshot.Layer) bool {
	extent, some := view.Bound(layers)
	if !some {
		return true
	}
	l, ok := set.Limits(extent, at.Matrix)
	return ok && l.Contains(at)
}
