package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// wideFrom is small enough for layers of the fixture to be wide.
const wideFrom = 100

// TestPartsAreTheSameEverywhere compares tiles, as they are sent, of a server that
// has seen many commits with those of one that has seen none.
func TestPartsAreTheSameEverywhere(t *testing.T) {
	old, source := newChained(t, Config{})
	old.tiles.wideFrom = wideFrom
	list := listedTiles()
	r := rand.New(rand.NewPCG(8, 8))
	parted := 0
	for range 12 {
		source.commit(30, someStep(r))
		fresh, _ := newChainedOver(t, Config{}, source.State().Snapshot)
		fresh.tiles.wideFrom = wideFrom
		for _, tile := range list {
			for set := range listedSets {
				target := fmt.Sprintf("/tiles/%s/%s.mvt", set, tile)
				a, b := old.get(target, "Accept-Encoding", "gzip"), fresh.get(target, "Accept-Encoding", "gzip")
				bodyA, bodyB := sent(t, a), sent(t, b)
				if !bytes.Equal(bodyA, bodyB) || a.Header.Get("ETag") != b.Header.Get("ETag") {
					t.Fatalf("%s: %d bytes %s, want %d %s", target, len(bodyA), a.Header.Get("ETag"), len(bodyB), b.Header.Get("ETag"))
				}
				if bytes.Contains(bodyA, []byte("\x00\x00\xff\xff")) {
					parted++
				}
			}
		}
	}
	if parted == 0 {
		t.Error("no tile has parts")
	}
}

// sent returns a body as it travels.
func sent(t *testing.T, res *http.Response) []byte {
	t.Helper()
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPartsAreReused marks what is kept of a wide layer: after a commit to another
// layer a tile has the mark, and after one to this layer it has not.
func TestPartsAreReused(t *testing.T) {
	server, source := newChained(t, Config{})
	server.tiles.wideFrom = wideFrom
	at := orb.Point{105.8524, 21.0288}
	tile := tiles.At(at, 10)
	target := fmt.Sprintf("/tiles/all/%s.mvt", tile)
	get := func() string {
		t.Helper()
		res := server.get(target, "Accept-Encoding", "gzip")
		content, err := decompressed(res)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res.StatusCode, err)
		}
		return string(content)
	}
	get()
	roads := source.State().Snapshot.Layer("roads")
	e, found := server.tiles.wide.GetIfPresent(partKey(tileKey{tile: tile, coding: coding.Gzip}, roads))
	if !found {
		t.Fatal("nothing is kept of the roads")
	}
	const mark = "it was kept"
	*e.part = *server.tiles.newPart([]byte(mark))
	source.commit(9, snapshot.Step{Changes: []city.Change{placeChange(1, at, "Mới")}})
	if !strings.Contains(get(), mark) {
		t.Error("roads are encoded again after a change of places")
	}
	road := placeChange(9, at, "Đường mới")
	road.Layer, road.Feature.Geometry, road.Feature.Values = "roads", orb.LineString{at, {105.85, 21.02}}, []city.Value{text("Đường"), text("trunk")}
	source.commit(9, snapshot.Step{Changes: []city.Change{road}})
	if strings.Contains(get(), mark) {
		t.Error("roads are as they were before their change")
	}
}
