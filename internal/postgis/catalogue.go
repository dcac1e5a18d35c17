package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// entry is one layer of the catalogue: what it is, where its rows are and which
// history is its own.
type entry struct {
	layer      city.Layer
	source     source
	generation int64 // 0: an older program made it, see upgrade
}

// source says where the rows of a layer are. It is stored as JSON.
type source struct {
	Schema   string `json:"schema"`
	Table    string `json:"table"`
	ID       string `json:"id"`       // unique integer column
	Geometry string `json:"geometry"` // column
	SRID     int    `json:"srid"`
	// Geography and Curves say that the column is of the type geography, and
	// that it may hold arcs, which are read as lines.
	Geography bool `json:"geography,omitempty"`
	Curves    bool `json:"curves,omitempty"`
	// Columns hold the layer's properties, in their order.
	Columns []column `json:"columns"`
}

// column holds one property.
type column struct {
	Name    string  `json:"name"`
	Reading reading `json:"reading"`
}

// wgs84 is the SRID of all geometry that leaves the store.
const wgs84 = 4326

func (s *source) identifier() string { return pgx.Identifier{s.Schema, s.Table}.Sanitize() }

// quote makes a name safe to stand in a statement. It is the only way by which
// names get there.
func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// querier is what a connection and a transaction have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// loadCatalogue reads all layers, by id.
func loadCatalogue(ctx context.Context, q querier) ([]*entry, error) {
	rows, err := q.Query(ctx, `SELECT id, definition::text, source::text, coalesce(generation, 0)
		FROM twin.twin_layer ORDER BY id COLLATE "C"`, pgx.QueryExecModeExec)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	var entries []*entry
	var id, definition, where string
	var generation int64
	_, err = pgx.ForEachRow(rows, []any{&id, &definition, &where, &generation}, func() error {
		e, err := decodeEntry(id, definition, where, generation)
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return entries, nil
}

func decodeEntry(id, definition, where string, generation int64) (*entry, error) {
	e := &entry{generation: generation}
	if err := json.Unmarshal([]byte(definition), &e.layer); err != nil {
		return nil, fmt.Errorf("definition of layer %q: %w", id, err)
	}
	if err := json.Unmarshal([]byte(where), &e.source); err != nil {
		return nil, fmt.Errorf("source of layer %q: %w", id, err)
	}
	if string(e.layer.ID) != id || len(e.source.Columns) != len(e.layer.Properties) {
		return nil, fmt.Errorf("layer %q: its row in schema %s contradicts itself", id, schema)
	}
	return e, nil
}

// find returns the layer's entry or an error that wraps city.ErrNotFound.
func find(entries []*entry, id city.LayerID) (*entry, error) {
	i, ok := slices.BinarySearchFunc(entries, id, func(e *entry, id city.LayerID) int {
		return strings.Compare(string(e.layer.ID), string(id))
	})
	if !ok {
		return nil, fmt.Errorf("layer %q: %w", id, city.ErrNotFound)
	}
	return entries[i], nil
}

func layersOf(entries []*entry) []city.Layer {
	layers := make([]city.Layer, len(entries))
	for i, e := range entries {
		layers[i] = e.layer
	}
	return layers
}

// version is the number of change sets that q's snapshot sees.
func version(ctx context.Context, q querier) (city.Version, error) {
	rows, err := q.Query(ctx, `SELECT twin.twin_version_of($1)`, pgx.QueryExecModeExec, int64(math.MaxInt64))
	if err != nil {
		return 0, fmt.Errorf("read the version: %w", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("read the version: %w", err)
	}
	return city.Version(v), nil
}
