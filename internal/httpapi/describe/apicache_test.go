package describe

import (
	"fmt"
	"sync"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestDescriptionsAreKept keeps more descriptions than there is room for, many at
// once. One is found again as long as its layers are those that it was made of.
func TestDescriptionsAreKept(t *testing.T) {
	var ds descriptions
	layers := []*city.Layer{{ID: "roads"}}
	key := func(i int) descriptionKey { return descriptionKey{base: fmt.Sprintf("http://host%d.example", i)} }
	if d := ds.find(key(0), layers); d != nil {
		t.Fatalf("found %v before any was kept", d)
	}
	var wait sync.WaitGroup
	for i := range 4 * maxDescriptions {
		wait.Go(func() { ds.keep(&description{key: key(i % (2 * maxDescriptions)), layers: layers}) })
	}
	wait.Wait()
	if n := len(*ds.list.Load()); n != maxDescriptions {
		t.Errorf("%d descriptions are kept, want %d", n, maxDescriptions)
	}
	d := &description{key: key(0), layers: layers}
	ds.keep(d)
	if got := ds.find(key(0), layers); got != d {
		t.Errorf("found %p, want the newest, %p", got, d)
	}
	if got := ds.find(key(0), []*city.Layer{{ID: "roads"}}); got != nil {
		t.Errorf("found %v for layers that were defined anew", got)
	}
	if n := len(*ds.list.Load()); n != maxDescriptions {
		t.Errorf("%d descriptions are kept after one more, want %d", n, maxDescriptions)
	}
}
