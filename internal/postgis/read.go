package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// Reader is twin.Reader, said again: this package lies below twin and cannot
// import it, and a function type that has the same literal is the same type.
type Reader = interface {
	Version() city.Version
	Layers() []city.Layer
	Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error
}

// reader reads one consistent state. It lives as long as the call of Store.Read
// that made it and is not safe for concurrent use.
type reader struct {
	tx      pgx.Tx
	version city.Version
	entries []*entry
	layers  []city.Layer
}

var _ Reader = (*reader)(nil)

// Read calls read with one consistent state of all layers: a REPEATABLE READ
// transaction, which neither waits for writers nor makes them wait.
func (s *Store) Read(ctx context.Context, read func(Reader) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer rollback(ctx, tx)
	r := &reader{tx: tx}
	if r.version, err = version(ctx, tx); err != nil {
		return err
	}
	if r.entries, err = loadCatalogue(ctx, tx); err != nil {
		return err
	}
	r.layers = layersOf(r.entries)
	return read(r)
}

// rollback ends a transaction that is over or has failed, also when ctx is
// done. Its own error changes nothing: the connection is then thrown away.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = tx.Rollback(ctx)
}

// Version numbers the state.
func (r *reader) Version() city.Version { return r.version }

// Layers lists the layers by id. The caller must not change them.
func (r *reader) Layers() []city.Layer { return r.layers }

// Features calls yield with each feature of a layer in the order of its id and
// stops at the first error, which it returns. The Feature and its Values slice
// are reused; Geometry and text may be kept. A row whose geometry others left
// NULL or empty comes with a nil Geometry, so that it can be reported.
func (r *reader) Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error {
	e, err := find(r.entries, layer)
	if err != nil {
		return err
	}
	sql, err := e.source.selectAll()
	if err != nil {
		return fmt.Errorf("read layer %q: %w", layer, err)
	}
	formats := make(pgx.QueryResultFormats, 2+len(e.source.Columns))
	for i := range formats {
		formats[i] = pgx.BinaryFormatCode
	}
	rows, err := r.tx.Query(ctx, sql, formats)
	if err != nil {
		return fmt.Errorf("read layer %q: %w", layer, err)
	}
	defer rows.Close()
	d := rowDecoder{entry: e, text: newInterner()}
	d.feature.Values = make([]city.Value, len(e.source.Columns))
	for n := 0; rows.Next(); n++ {
		// The driver hands out what it has already received; a reader that is
		// no longer wanted stops here.
		if n%64 == 0 && ctx.Err() != nil {
			return fmt.Errorf("read layer %q: %w", layer, ctx.Err())
		}
		if err := d.decode(rows.RawValues()); err != nil {
			return fmt.Errorf("read layer %q: %w", layer, err)
		}
		if err := yield(&d.feature); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read layer %q from %s.%s: %w", layer, e.source.Schema, e.source.Table, err)
	}
	return nil
}

// selectAll is the statement that reads the layer: id, geometry as EWKB in WGS
// 84, then the properties.
func (s *source) selectAll() (string, error) {
	var sql strings.Builder
	sql.WriteString("SELECT " + quote(s.ID) + "::int8, " + s.geometryExpression())
	for _, c := range s.Columns {
		expression, err := c.Reading.expression(quote(c.Name))
		if err != nil {
			return "", err
		}
		sql.WriteString(", " + expression)
	}
	sql.WriteString(" FROM " + s.identifier() + " ORDER BY " + quote(s.ID))
	return sql.String(), nil
}

func (s *source) geometryExpression() string {
	expression := quote(s.Geometry)
	if s.Geography {
		expression += "::geometry"
	}
	if s.Curves {
		expression = "ST_CurveToLine(" + expression + ")"
	}
	if s.SRID != wgs84 {
		expression = fmt.Sprintf("ST_Transform(%s, %d)", expression, wgs84)
	}
	return expression
}

// rowDecoder turns rows into one feature, which it reuses.
type rowDecoder struct {
	entry   *entry
	wkb     wkb.Decoder
	text    *interner
	feature city.Feature
}

func (d *rowDecoder) decode(raw [][]byte) error {
	id, err := decodeValue(city.KindInteger, readInteger, raw[0], nil)
	if err != nil || id.IsNull() {
		return fmt.Errorf("the id of a row is not an integer: %v", err)
	}
	f := &d.feature
	f.ID, f.Geometry = id.Int(), nil
	if raw[1] != nil {
		f.Geometry, _, err = d.wkb.Decode(raw[1])
		if err != nil && !errors.Is(err, wkb.ErrEmpty) {
			return fmt.Errorf("geometry of feature %d: %w", f.ID, err)
		}
		if wkb.IsEmpty(f.Geometry) {
			f.Geometry = nil
		}
	}
	for i, p := range d.entry.layer.Properties {
		f.Values[i], err = decodeValue(p.Type, d.entry.source.Columns[i].Reading, raw[2+i], d.text)
		if err != nil {
			return fmt.Errorf("%s of feature %d: %w", p.Name, f.ID, err)
		}
	}
	return nil
}
