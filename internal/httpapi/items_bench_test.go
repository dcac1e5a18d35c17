package httpapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// The pages of the benchmarks, over a grid of 40,000 roads.
const (
	// benchBox holds 144 roads.
	benchBox      = "/collections/roads/items?limit=100&bbox=105.8001,21.0001,105.8141,21.0141"
	benchCRS      = benchBox + "&crs=EPSG:5897"
	benchFilter   = "/collections/roads/items?limit=100&filter=class%3D%27trunk%27%20AND%20S_INTERSECTS(geometry,BBOX(105.8001,21.0001,105.8141,21.0141))"
	benchSort     = benchBox + "&sortby=-name"
	benchWide     = "/collections/roads/items?limit=100&bbox=105.7,20.9,105.9,21.1"
	benchFirst    = "/collections/roads/items?limit=100"
	benchProperty = "/collections/roads/items?limit=100&name=" + "Ph%E1%BB%91%20Tr%E1%BA%A7n%20H%C6%B0ng%20%C4%90%E1%BA%A1o%207"
)

// BenchmarkItems: the bar is a ratio of 0.4 for the page of 100 in a box.
func BenchmarkItems(b *testing.B) {
	compare(b, newBenched(b), benchBox, "identity")
}

// BenchmarkItemsHandler measures pages without a connection.
func BenchmarkItemsHandler(b *testing.B) {
	server := newBenched(b)
	for _, c := range []struct{ name, target string }{
		{"box", benchBox}, {"crs", benchCRS}, {"filter", benchFilter}, {"sort", benchSort}, {"wide", benchWide}, {"first", benchFirst}, {"property", benchProperty},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, c.target, nil)
			r.Header.Set("Accept-Encoding", "identity")
			if w := httptest.NewRecorder(); true {
				server.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			w := &nowhere{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				server.ServeHTTP(w, r)
			}
		})
	}
}
