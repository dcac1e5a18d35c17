package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/source"
	"github.com/hanoitwin/hanoitwin/internal/ingest"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/osm"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type importCommand struct {
	storeFlags
	Files   []string `arg:"" name:"file" help:"OSM PBF or XML, GeoJSON (also newline-delimited), Shapefile, GeoPackage, CSV; also gzipped."`
	Layer   string   `short:"l" placeholder:"NAME" help:"Layer to import into (default: the file's layer names, or its name)."`
	CRS     string   `name:"crs" placeholder:"EPSG" help:"Coordinate system of the file where it does not say: 4326, 3857, 32648, 4756, 3405, 3406, 5896, 5897, 5898, 5899."`
	Profile string   `name:"map" type:"existingfile" placeholder:"PROFILE.YAML" help:"Map OSM tags to layers by this profile instead of the built-in one."`
	Key     string   `placeholder:"PROPERTY" help:"Property that identifies a feature, or the name of the file's own identifier (default: external_key, code or the file's own identifiers)."`
	Message string   `short:"m" placeholder:"TEXT" help:"Why, for the history."`
	Strict  bool     `help:"Fail at the first bad feature instead of reporting and skipping it."`
	Empty   bool     `help:"Do not write the seed data into a new store."`
	JSON    bool     `name:"json" help:"Print the report as JSON."`
}

func (importCommand) Help() string {
	return `All files are one transaction: when anything fails, or the program is killed, the store is as before.
Importing a file again changes nothing. Bad features are reported and skipped; when there are features and all are skipped, the store is as before and the exit code is 1.

--key names a property or, where the file has none of that name, its own identifier: id in GeoJSON (the id of the feature) and OSM (such as way/123), the primary key in a GeoPackage, whatever it is called. CSV and Shapefile have properties alone. What it names goes into external_key of a new layer, or into the key that the layer has.

Examples:
  hanoitwin import vietnam-hanoi.osm.pbf
  hanoitwin import buildings.shp --layer buildings
  hanoitwin import manholes.csv --layer manholes --crs 5897 --key number
  hanoitwin import survey.gpkg --layer posts --key fid
  hanoitwin import survey.geojson --strict --json`
}

type importResult struct {
	Version city.Version                `json:"version"`
	Tally   map[city.LayerID]city.Tally `json:"tally"`
	ingest.Report
}

func (c *importCommand) Run(ctx context.Context, con console) error {
	options, err := c.options(con)
	if err != nil {
		return exitWith(exitUsage, err)
	}
	for _, name := range c.Files {
		if _, err := os.Stat(name); err != nil {
			return exitWith(exitUsage, err)
		}
	}
	store, seeded, err := c.openSeeded(ctx, !c.Empty)
	if err != nil {
		return err
	}
	if seeded {
		fmt.Fprintf(con.err, "created %s with the seed data of Hà Nội\n", redact(c.Store))
	}
	result, err := c.importInto(ctx, store, options)
	err = errors.Join(err, store.Close())
	nothing := errors.Is(err, errNothingImported)
	if errors.Is(err, ingest.ErrStrict) {
		return exitWith(exitFound, err)
	}
	if err != nil && !nothing {
		return err
	}
	written := writeImport(con, result, c.JSON)
	if nothing && written == nil {
		return exitWith(exitFound, err)
	}
	return written
}

// errNothingImported undoes an import that skipped all that it was given: a script
// should hear of it, and the store should not have layers of nothing.
var errNothingImported = errors.New("none of the features could be imported")

func (c *importCommand) importInto(ctx context.Context, store twin.Store, options ingest.Options) (importResult, error) {
	result := importResult{Tally: map[city.LayerID]city.Tally{}}
	message := cmp.Or(c.Message, fmt.Sprintf("import %v", c.Files))
	version, err := store.Write(ctx, message, func(w twin.Writer) error {
		report, err := ingest.Run(ctx, w, c.Files, options)
		if err != nil {
			return err
		}
		result.Report = report
		if report.Nothing() {
			return errNothingImported
		}
		result.Tally, err = w.Tally(ctx)
		return err
	})
	if errors.Is(err, errNothingImported) {
		for i := range result.Layers {
			result.Layers[i].Created, result.Layers[i].Added = false, nil
		}
		err = errors.Join(err, store.Read(ctx, func(r twin.Reader) error { version = r.Version(); return nil }))
	}
	result.Version = version
	return result, err
}

func (c *importCommand) options(con console) (ingest.Options, error) {
	catalogue, err := data.Layers()
	if err != nil {
		return ingest.Options{}, err
	}
	options := ingest.Options{
		Key: c.Key, Strict: c.Strict, Catalogue: catalogue,
		OpenGeoPackage: openForeign,
		Progress:       newProgress(con.err),
	}
	if c.Layer != "" {
		if options.Layer, err = city.ParseLayerID(c.Layer); err != nil {
			return options, err
		}
	}
	if c.CRS != "" {
		if options.CRS, err = crs.ParseSRID(c.CRS); err != nil {
			return options, err
		}
	}
	text := data.OSMProfile()
	if c.Profile != "" {
		if text, err = os.ReadFile(c.Profile); err != nil {
			return options, err
		}
	}
	options.Profile, err = osm.ParseProfile(text)
	if err != nil && c.Profile != "" {
		err = fmt.Errorf("%s: %w", c.Profile, err)
	}
	return options, err
}

func writeImport(con console, r importResult, asJSON bool) error {
	if asJSON {
		return printJSON(con.out, r)
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "LAYER\tREAD\tCREATED\tUPDATED\tUNCHANGED\tSKIPPED\tREPAIRED\t")
	for _, l := range r.Layers {
		t := r.Tally[l.Layer]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", l.Layer, l.Read, t.Created, t.Updated, t.Unchanged, l.Skipped, l.Repaired)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range r.Layers {
		if len(l.Added) > 0 {
			fmt.Fprintf(con.err, "%s: new properties %v\n", l.Layer, l.Added)
		}
	}
	writeIssues(con.err, r.Issues)
	fmt.Fprintf(con.out, "version %d\n", r.Version)
	return nil
}

// examplesShown is how many places a person sees for each kind of problem; the
// JSON report has more.
const examplesShown = 3

func writeIssues(w io.Writer, issues []ingest.Issue) {
	for _, issue := range issues {
		fmt.Fprintf(w, "%s: %s: %s (%d)\n", issue.Layer, issue.Action, city.OneLine(issue.Reason), issue.Count)
		for _, e := range issue.Examples[:min(examplesShown, len(issue.Examples))] {
			at := ""
			if e.At != (feed.Position{}).String() { // the file as a whole says nothing
				at = city.OneLine(e.At) + " "
			}
			fmt.Fprintf(w, "    %s: %s%s\n", e.File, at, city.OneLine(e.Detail))
		}
		if more := issue.Count - examplesShown; more > 0 {
			fmt.Fprintf(w, "    … and %d more\n", more)
		}
	}
}

// foreign lets ingest read GeoPackages without knowing SQLite.
type foreign struct{ *source.Source }

func openForeign(ctx context.Context, path string) (ingest.GeoPackage, error) {
	s, err := source.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return foreign{s}, nil
}

func (f foreign) Tables() []city.Layer {
	var tables []city.Layer
	for _, l := range f.Layers() {
		table := l.Layer
		table.Table = l.Name
		tables = append(tables, table)
	}
	return tables
}

// find returns the zero Layer for a table that is none.
func (f foreign) find(table string) source.Layer {
	layers := f.Layers()
	i := slices.IndexFunc(layers, func(l source.Layer) bool { return l.Name == table })
	if i < 0 {
		return source.Layer{}
	}
	return layers[i]
}

func (f foreign) Key(table string) string { return f.find(table).Key }

func (f foreign) CRS(table string) string {
	layer := f.find(table)
	if layer.SRID > 0 {
		return fmt.Sprintf("EPSG:%d", layer.SRID)
	}
	return layer.Definition
}

func (f foreign) Rows(ctx context.Context, table string, yield func(*city.Feature, error) error) error {
	return f.Features(ctx, table, func(_ int64, feature *city.Feature, bad error) error { return yield(feature, bad) })
}
