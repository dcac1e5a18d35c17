package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Errors that callers branch on.
var (
	// ErrReadOnly means a write to a layer that is served from an existing
	// table, which belongs to someone else.
	ErrReadOnly = fmt.Errorf("the layer is served from an existing table: %w here", city.ErrReadOnly)
	// ErrValue means a feature that its layer cannot hold.
	ErrValue = errors.New("the layer cannot hold this feature")
)

// Schema is where everything of ours lives.
const Schema = "twin"

// Entry is one layer of the catalogue: what it is, where its rows are and which
// history is its own.
type Entry struct {
	Layer      city.Layer
	Source     Source
	Generation int64 // 0: an older program made it, see upgrade

	row string // of the catalogue, from which it was read: its stamp; else empty
}

// Source says where the rows of a layer are. It is stored as JSON.
type Source struct {
	Schema   string `json:"schema"`
	Table    string `json:"table"`
	ID       string `json:"id"`       // unique integer column of Rows
	Geometry string `json:"geometry"` // column
	SRID     int    `json:"srid"`
	// Keys are the columns of the table's unique key where that is no integer, and
	// Equals the schemas of the operators = that compare them (none: all pg_catalog);
	// Numbers is the table of ours that numbers it, see Rows.
	Keys    []string `json:"keys,omitempty"`
	Equals  []string `json:"equals,omitempty"`
	Numbers string   `json:"numbers,omitempty"`
	// Geography and Curves say that the column is of the type geography, and
	// that it may hold arcs, which are read as lines.
	Geography bool `json:"geography,omitempty"`
	Curves    bool `json:"curves,omitempty"`
	// Columns hold the layer's properties, in their order.
	Columns []Column `json:"columns"`
}

// Column holds one property.
type Column struct {
	Name    string  `json:"name"`
	Reading Reading `json:"reading"`
}

// WGS84 is the SRID of all geometry that leaves the store.
const WGS84 = 4326

// Identifier is the table, quoted.
func (s *Source) Identifier() string { return pgx.Identifier{s.Schema, s.Table}.Sanitize() }

// Quote makes a name safe to stand in a statement. It is the only way by which
// names get there.
func Quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// Querier is what a connection and a transaction have in common.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Catalogue remembers the layers that it has read, by the row that they were read
// from: every version reads them all, and they hardly ever change. It is safe for
// concurrent use. The zero value is empty.
type Catalogue struct {
	mu    sync.Mutex
	known map[stamp]*Entry
}

// stamp names one version of one row of twin_layer: no other has its place and
// the number of its transaction. (Until numbers come round, after four thousand
// million; or the database is put back to an earlier state, see forget.)
type stamp struct{ id, row string }

// Load reads all layers, by id. They are the caller's own, but for what their
// slices hold.
func (c *Catalogue) Load(ctx context.Context, q Querier) ([]*Entry, error) {
	_, entries, err := c.beside(ctx, q, `SELECT ''`)
	return entries, err
}

// LoadVersion is Load with the version of what tx's snapshot sees.
func (c *Catalogue) LoadVersion(ctx context.Context, tx pgx.Tx) (city.Version, []*Entry, error) {
	text, entries, err := c.beside(ctx, kept{tx.Conn()}, `SELECT twin.twin_version_of($1)`, int64(math.MaxInt64))
	if err != nil {
		return 0, nil, err
	}
	v, err := strconv.ParseInt(text, 10, 64)
	return city.Version(v), entries, err
}

// LoadMarked is Load that leaves a message and a token in the settings of the
// transaction, from where its change set takes them. It returns the number of the
// transaction too. The transaction then commits durably, also where the database is
// set up to answer before that.
func (c *Catalogue) LoadMarked(ctx context.Context, tx pgx.Tx, message, token string) (xid string, entries []*Entry, err error) {
	return c.beside(ctx, kept{tx.Conn()}, `SELECT pg_current_xact_id()
		FROM (SELECT set_config('twin.message', $1, true), set_config('twin.token', $2, true),
			set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), true) OFFSET 0) AS settings`, message, token)
}

// kept is a connection that keeps what it is asked prepared.
type kept struct{ conn *pgx.Conn }

// Query implements Querier.
func (k kept) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if len(args) > 0 && args[0] == any(pgx.QueryExecModeExec) {
		args = args[1:]
	}
	return query(ctx, k.conn, sql, args)
}

// beside reads all layers and one value, which another query selects.
func (c *Catalogue) beside(ctx context.Context, q Querier, value string, args ...any) (beside string, entries []*Entry, err error) {
	rows, err := q.Query(ctx, `SELECT beside.value::text, coalesce(l.id, ''), coalesce(l.xmin::text || l.ctid::text, '')
		FROM (`+value+`) AS beside (value) LEFT JOIN twin.twin_layer AS l ON true ORDER BY l.id COLLATE "C"`,
		append([]any{pgx.QueryExecModeExec}, args...)...)
	if err != nil {
		return "", nil, fmt.Errorf("read the catalogue: %w", err)
	}
	stamps, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s stamp, err error) { return s, row.Scan(&beside, &s.id, &s.row) })
	if err != nil {
		return "", nil, fmt.Errorf("read the catalogue: %w", err)
	}
	stamps = slices.DeleteFunc(stamps, func(s stamp) bool { return s.id == "" }) // there is no layer
	if entries, err = c.entries(ctx, q, stamps); err != nil {
		return "", nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return beside, entries, nil
}

// entries returns the layers whose rows have these stamps, or have by now.
func (c *Catalogue) entries(ctx context.Context, q Querier, stamps []stamp) (entries []*Entry, err error) {
	known := map[stamp]*Entry{}
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
	entries = make([]*Entry, len(stamps))
	for i, s := range stamps {
		copied := *known[s]
		copied.row = s.row
		entries[i] = &copied
	}
	return entries, nil
}

// readEntries reads the layers that are not known into known and returns the
// stamps with those that they have by now: outside a snapshot rows may have
// changed since the stamps were read.
func readEntries(ctx context.Context, q Querier, stamps []stamp, unknown []string, known map[stamp]*Entry) ([]stamp, error) {
	rows, err := q.Query(ctx, `SELECT id, xmin::text || ctid::text, definition::text, source::text, coalesce(generation, 0)
		FROM twin.twin_layer WHERE id = ANY($1)`, pgx.QueryExecModeExec, unknown)
	if err != nil {
		return nil, err
	}
	now := map[string]stamp{}
	var s stamp
	var definition, where string
	var generation int64
	_, err = pgx.ForEachRow(rows, []any{&s.id, &s.row, &definition, &where, &generation}, func() error {
		e, err := DecodeEntry(s.id, definition, where, generation)
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

// Forget is for a database that may have become another.
func (c *Catalogue) Forget() {
	c.mu.Lock()
	c.known = nil
	c.mu.Unlock()
}

// DecodeEntry reads a row of the catalogue.
func DecodeEntry(id, definition, where string, generation int64) (*Entry, error) {
	e := &Entry{Generation: generation}
	if err := json.Unmarshal([]byte(definition), &e.Layer); err != nil {
		return nil, fmt.Errorf("definition of layer %q: %w", id, err)
	}
	if err := json.Unmarshal([]byte(where), &e.Source); err != nil {
		return nil, fmt.Errorf("source of layer %q: %w", id, err)
	}
	if string(e.Layer.ID) != id || len(e.Source.Columns) != len(e.Layer.Properties) {
		return nil, fmt.Errorf("layer %q: its row in schema %s contradicts itself", id, Schema)
	}
	return e, nil
}

// Find returns the layer's entry or an error that wraps city.ErrNotFound.
func Find(entries []*Entry, id city.LayerID) (*Entry, error) {
	i, ok := slices.BinarySearchFunc(entries, id, func(e *Entry, id city.LayerID) int {
		return strings.Compare(string(e.Layer.ID), string(id))
	})
	if !ok {
		return nil, fmt.Errorf("layer %q: %w", id, city.ErrNotFound)
	}
	return entries[i], nil
}

// LayersOf returns the definitions, in the same order.
func LayersOf(entries []*Entry) []city.Layer {
	layers := make([]city.Layer, len(entries))
	for i, e := range entries {
		layers[i] = e.Layer
	}
	return layers
}

// Version is the number of change sets that q's snapshot sees.
func Version(ctx context.Context, q Querier) (city.Version, error) {
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
