package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

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

// catalogue remembers the layers that it has read, by the row that they were read
// from: every version reads them all, and they hardly ever change. It is safe for
// concurrent use. The zero value is empty.
type catalogue struct {
	mu    sync.Mutex
	known map[stamp]*entry
}

// stamp names one version of one row of twin_layer: no other has its place and
// the number of its transaction. (Until numbers come round, after four thousand
// million; or the database is put back to an earlier state, see forget.)
type stamp struct{ id, row string }

const stampSQL = `xmin::text || ctid::text`

// load reads all layers, by id. They are the caller's own, but for what their
// slices hold.
func (c *catalogue) load(ctx context.Context, q querier) ([]*entry, error) {
	entries, err := c.read(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return entries, nil
}

func (c *catalogue) read(ctx context.Context, q querier) ([]*entry, error) {
	rows, err := q.Query(ctx, `SELECT id, `+stampSQL+` FROM twin.twin_layer ORDER BY id COLLATE "C"`, pgx.QueryExecModeExec)
	if err != nil {
		return nil, err
	}
	stamps, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s stamp, err error) { return s, row.Scan(&s.id, &s.row) })
	if err != nil {
		return nil, err
	}
	known := map[stamp]*entry{}
	var unknown []string
	c.mu.Lock()
	for _, s := range stamps {
		if e := c.known[s]; e != nil {
			known[s] = e
		} else {
			unknown = append(unknown, s.id)
		}
	}
	c.mu.Unlock()
	if len(unknown) > 0 {
		if stamps, err = readEntries(ctx, q, stamps, unknown, known); err != nil {
			return nil, err
		}
	}
	c.mu.Lock()
	c.known = known
	c.mu.Unlock()
	entries := make([]*entry, len(stamps))
	for i, s := range stamps {
		copied := *known[s]
		entries[i] = &copied
	}
	return entries, nil
}

// readEntries reads the layers that are not known into known and returns the
// stamps with those that they have by now: outside a snapshot rows may have
// changed since the stamps were read.
func readEntries(ctx context.Context, q querier, stamps []stamp, unknown []string, known map[stamp]*entry) ([]stamp, error) {
	rows, err := q.Query(ctx, `SELECT id, `+stampSQL+`, definition::text, source::text, coalesce(generation, 0)
		FROM twin.twin_layer WHERE id = ANY($1)`, pgx.QueryExecModeExec, unknown)
	if err != nil {
		return nil, err
	}
	now := map[string]stamp{}
	var s stamp
	var definition, where string
	var generation int64
	_, err = pgx.ForEachRow(rows, []any{&s.id, &s.row, &definition, &where, &generation}, func() error {
		e, err := decodeEntry(s.id, definition, where, generation)
		known[s], now[s.id] = e, s
		return err
	})
	var current []stamp
	for _, s := range stamps {
		if known[s] == nil {
			s = now[s.id]
		}
		if known[s] != nil { // else it was removed
			current = append(current, s)
		}
	}
	return current, err
}

// forget is for a database that may have become another.
func (c *catalogue) forget() {
	c.mu.Lock()
	c.known = nil
	c.mu.Unlock()
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
