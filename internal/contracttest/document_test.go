package contracttest

import (
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// TestPattern finds the operation of each path, as the server's router does.
func TestPattern(t *testing.T) {
	paths := openapi.Object{}
	for _, path := range []string{
		"/", "/tiles", "/tiles/{layers}.json", "/tiles/{tileMatrixSet}", "/tiles/{layers}/{z}/{x}/{y}.mvt", "/tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}",
		"/tiles/diff/{layers}/{z}/{x}/{y}.mvt", "/viewer/{rest}", "/collections/{layer}", "/collections/{layer}/items",
	} {
		paths[path] = openapi.Object{"get": openapi.Object{}}
	}
	d := &Document{Object: openapi.Object{"paths": paths}}
	for path, want := range map[string]string{
		"/": "/", "/tiles": "/tiles", "/tiles/all.json": "/tiles/{layers}.json", "/tiles/WebMercatorQuad": "/tiles/{tileMatrixSet}",
		"/tiles/all/1/2/3.mvt": "/tiles/{layers}/{z}/{x}/{y}.mvt", "/tiles/WebMercatorQuad/1/2/3": "/tiles/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}",
		"/tiles/diff/all/1/2/3.mvt": "/tiles/diff/{layers}/{z}/{x}/{y}.mvt", "/viewer/a/b.js": "/viewer/{rest}", "/viewer": "",
		"/collections/a%2Fb": "/collections/{layer}", "/collections/a/items": "/collections/{layer}/items", "/collections/a/b": "", "/collections/": "", "/nothing": "",
	} {
		if got := d.Pattern("GET", path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
		if head, post := d.Pattern("HEAD", path), d.Pattern("POST", path); head != want || post != "" {
			t.Errorf("HEAD %s is %q, POST %q", path, head, post)
		}
	}
}
