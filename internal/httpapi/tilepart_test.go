package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"
)

// wideFrom is small enough for layers of the fixture to be wide.
const wideFrom = 100

// TestPartsAreTheSameEverywhere compares tiles, as they are sent, of a server that
// has seen many commits with those of one that has seen none.
func TestPartsAreTheSameEverywhere(t *testing.T) {
	old, source := newChained(t, Config{wideFrom: wideFrom})
	list := listedTiles()
	r := rand.New(rand.NewPCG(8, 8))
	parted := 0
	for range 5 {
		source.commit(30, someStep(r))
		fresh, _ := newChainedOver(t, Config{wideFrom: wideFrom}, source.State().Snapshot)
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
