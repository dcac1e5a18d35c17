package ingest

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/csvfile"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
	"github.com/hanoitwin/hanoitwin/internal/ingest/osm"
	"github.com/hanoitwin/hanoitwin/internal/ingest/shapefile"
)

// Format is a file format.
type Format string

// The formats that can be imported.
const (
	FormatOSMPBF     Format = "osm-pbf"
	FormatOSMXML     Format = "osm-xml"
	FormatGeoJSON    Format = "geojson"
	FormatShapefile  Format = "shapefile"
	FormatGeoPackage Format = "geopackage"
	FormatCSV        Format = "csv"
)

// Detect finds the format of a file by its content and, for text that could be
// anything, by its name. The parts of a shapefile stand for its .shp.
func Detect(path string) (Format, error) {
	if part := strings.ToLower(filepath.Ext(path)); part == ".dbf" || part == ".shx" || part == ".prj" || part == ".cpg" {
		return "", fmt.Errorf("%s: give the .shp file: %w", path, ErrFormat)
	}
	head, err := feed.File{Path: path}.Head(4 << 10)
	if err != nil {
		return "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return FormatGeoPackage, nil
	case shapefile.Recognise(head):
		return FormatShapefile, nil
	case osm.RecognisePBF(head):
		return FormatOSMPBF, nil
	case osm.RecogniseXML(head):
		return FormatOSMXML, nil
	case geojson.Recognise(head):
		return FormatGeoJSON, nil
	}
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".gz")
	switch filepath.Ext(name) {
	case ".csv", ".tsv", ".txt", ".psv":
		return FormatCSV, nil
	case ".geojson", ".json", ".geojsonl", ".ndjson", ".jsonl", ".geojsons":
		return FormatGeoJSON, nil
	}
	return "", fmt.Errorf("%s: %w", path, ErrFormat)
}

// open opens one file for reading.
func open(ctx context.Context, path string, opt *Options, count func(int64)) (feed.Source, Format, error) {
	format, err := Detect(path)
	if err != nil {
		return nil, "", err
	}
	file := feed.File{Path: path, Count: count}
	var source feed.Source
	switch format {
	case FormatOSMPBF, FormatOSMXML:
		if opt.Profile == nil {
			return nil, format, fmt.Errorf("%s: %w", path, ErrNoProfile)
		}
		source, err = osm.Open(file, opt.Profile, opt.Layer)
	case FormatGeoJSON:
		source, err = geojson.Open(file)
	case FormatShapefile:
		source, err = shapefile.Open(file)
	case FormatCSV:
		source, err = csvfile.Open(file)
	case FormatGeoPackage:
		source, err = openGeoPackage(ctx, path, opt)
	}
	if err != nil {
		return nil, format, err
	}
	return source, format, nil
}

// passes is how often one Read goes over the bytes of a file.
func (f Format) passes() int64 {
	if f == FormatOSMPBF || f == FormatOSMXML {
		return 3
	}
	return 1
}

// reorients reports that rings are turned as RFC 7946 wants them. Those of
// GeoJSON and GeoPackage files stay as they are: the file may be an export of
// a layer that others drew, and importing it must change nothing.
func (f Format) reorients() bool { return f != FormatGeoJSON && f != FormatGeoPackage }

// geoPackageSource makes a feed.Source of a GeoPackage.
type geoPackageSource struct {
	file   GeoPackage
	tables []city.Layer
}

func openGeoPackage(ctx context.Context, path string, opt *Options) (feed.Source, error) {
	if opt.OpenGeoPackage == nil {
		return nil, fmt.Errorf("%s: GeoPackage: %w", path, ErrFormat)
	}
	file, err := opt.OpenGeoPackage(ctx, path)
	if err != nil {
		return nil, err
	}
	s := &geoPackageSource{file: file, tables: file.Tables()}
	if opt.Layer == "" || len(s.tables) == 1 {
		return s, nil
	}
	for _, t := range s.tables {
		if t.Table == string(opt.Layer) {
			s.tables = []city.Layer{t}
			return s, nil
		}
	}
	_ = file.Close()
	return nil, fmt.Errorf("%s: layer %q: %w", path, opt.Layer, ErrNoLayer)
}

func (s *geoPackageSource) Schemas() []feed.Schema {
	out := make([]feed.Schema, len(s.tables))
	for i := range s.tables {
		table := s.tables[i].Table
		out[i] = feed.Schema{Name: table, Identifier: s.file.Key(table), CRS: s.file.CRS(table), Declared: &s.tables[i]}
	}
	return out
}

func (s *geoPackageSource) Read(ctx context.Context, v feed.Visitor) error {
	var rec feed.Record
	for i := range s.tables {
		t := &s.tables[i]
		index := int64(0)
		keyed := s.file.Key(t.Table) != ""
		err := s.file.Rows(ctx, t.Table, func(f *city.Feature, bad error) error {
			index++
			rec.Reset()
			rec.Layer = t.Table
			rec.At = feed.Position{Index: index, ID: t.Table}
			if keyed {
				rec.Key, rec.ID = fmt.Sprint(f.ID), f.ID
				rec.At.ID = fmt.Sprintf("%s/%d", t.Table, f.ID)
			}
			rec.Geometry = f.Geometry
			if bad != nil && f.Geometry == nil {
				return v.Problem(feed.Problem{
					Layer: t.Table, At: rec.At, Reason: reasonBlob, Detail: bad.Error(), Action: feed.Skipped,
				})
			}
			for p := range t.Properties {
				rec.Add(t.Properties[p].Name, f.Value(p))
			}
			return v.Record(&rec)
		})
		if err != nil {
			return fmt.Errorf("table %q: %w", t.Table, err)
		}
	}
	return nil
}

func (s *geoPackageSource) Close() error { return s.file.Close() }
