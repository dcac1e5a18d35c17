package export

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ErrFormat means that a file name does not say a format that can be written.
var ErrFormat = errors.New("not a file name that says what to write (.geojson, .json, .geojsonl, .ndjson, .jsonl, each also with .gz)")

// Format is how features follow each other.
type Format string

// The formats.
const (
	GeoJSON Format = "geojson"  // one FeatureCollection
	Lines   Format = "geojsonl" // one Feature a line
)

// FormatOf finds the format by the name of a file, and whether to compress.
func FormatOf(path string) (format Format, compressed bool, err error) {
	name := strings.ToLower(filepath.Base(path))
	name, compressed = strings.CutSuffix(name, ".gz")
	switch filepath.Ext(name) {
	case ".geojson", ".json":
		return GeoJSON, compressed, nil
	case ".geojsonl", ".ndjson", ".jsonl", ".geojsons", ".ndgeojson":
		return Lines, compressed, nil
	default:
		return "", false, fmt.Errorf("%q: %w", path, ErrFormat)
	}
}
