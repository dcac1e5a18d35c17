package answers

import (
	"sync"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
)

// TestAnswersBounded fills the places from several goroutines.
func TestAnswersBounded(t *testing.T) {
	a := New(9 * MaxWeight)
	if len(a.places) != 8 {
		t.Fatalf("%d places", len(a.places))
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 500 {
				q := Question{Query: string(rune('a' + (i+g)%40))}
				hash := q.Hash()
				if kept, again := a.Find(hash, &q); kept != nil && string(kept.Body) != q.Query {
					t.Errorf("%q for %q", kept.Body, q.Query)
				} else if again {
					a.Keep(hash, &Answer{Payload: coding.Payload{Body: []byte(q.Query)}, Question: q})
				}
			}
		})
	}
	wg.Wait()
}
