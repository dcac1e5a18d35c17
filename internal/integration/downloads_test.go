package integration

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
)

var featureExtent = regexp.MustCompile(`(?m)^Extent: (.*)$`)

// TestDownloads fetches the real roads and wards in every format and in two
// systems over HTTP, compressed as a client likes it, and has GDAL find the same
// number of features and the same extent in all of them.
func TestDownloads(t *testing.T) {
	t.Parallel()
	city := servedCity(t)
	server := httptest.NewServer(city.server)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	for _, c := range []struct {
		layer   string
		size    string
		systems []string
		formats []string
	}{
		{"hanoi_wards", "126", []string{"CRS84", "EPSG:5897"}, []string{"flatgeobuf", "geojson", "csv", "gpkg"}},
		{"hanoi_roads", "42292", []string{"EPSG:5897"}, []string{"flatgeobuf", "geojsonl"}},
	} {
		for _, system := range c.systems {
			first := ""
			for _, f := range c.formats {
				path := download(t, server.URL+"/collections/"+c.layer+"/download?f="+f+"&crs="+system, dir)
				out := gdaltest.Run(t, "ogrinfo", "-ro", "-so", "-al", path)
				count, extent := featureCount.FindStringSubmatch(out), rounded(featureExtent.FindString(out))
				if first == "" {
					first = extent
				}
				if len(count) < 2 || count[1] != c.size || extent == "" || extent != first {
					t.Errorf("%s in %s as %s: %v features in %s, want %s in %s", c.layer, system, f, count, extent, c.size, first)
				}
			}
		}
	}
}

// rounded cuts an extent's numbers to two decimals: text has three in metres.
func rounded(extent string) string {
	return regexp.MustCompile(`(\.\d\d)\d*`).ReplaceAllString(extent, "$1")
}

// download keeps what a real client gets, under the name that the server gives it.
func download(t *testing.T, url, dir string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	m := regexp.MustCompile(`filename="([^"]+)"`).FindStringSubmatch(res.Header.Get("Content-Disposition"))
	if res.StatusCode != 200 || len(m) == 0 {
		t.Fatalf("%s: %d %v", url, res.StatusCode, res.Header)
	}
	path := filepath.Join(dir, m[1])
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, copyErr := io.Copy(file, res.Body)
	if err := file.Close(); err != nil || copyErr != nil {
		t.Fatal(err, copyErr)
	}
	return path
}

// TestOperatorsLimits sets limits of downloads on the command line.
func TestOperatorsLimits(t *testing.T) {
	t.Parallel()
	p := startServer(t, t.TempDir(), "--store", copyOf(t, cityStore(t)), "--max-temp-mb", "1", "--max-downloads", "1", "--download-timeout", "30s")
	if code, _, body := p.get(t, "/collections/hanoi_roads/download?f=gpkg"); code != http.StatusInsufficientStorage {
		t.Errorf("42,292 roads in a file of 1 MiB: %d %.200s", code, body)
	}
	if code, _, _ := p.get(t, "/collections/bridges/download?f=gpkg"); code != http.StatusOK {
		t.Errorf("18 bridges in a file of 1 MiB: %d", code)
	}
	p.stop(t)
	for _, flags := range [][]string{{"--max-downloads=-1", "MaxDownloads"}, {"--download-timeout=-1s", "DownloadTimeout"}, {"--max-temp-mb=-1", "--max-temp-mb"}} {
		if r := run(t, "serve", flags[0]).want(t, 2); !strings.Contains(r.err, flags[1]) {
			t.Errorf("%s: %s", flags[0], r.err)
		}
	}
}
