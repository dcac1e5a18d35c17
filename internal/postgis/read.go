package postgis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
	Changes(ctx context.Context, after city.Version, most int) ([]city.ChangeSet, error)
	ChangeSets(ctx context.Context, after city.Version, limit int) ([]city.ChangeSet, error)
	Revisions(ctx context.Context, version city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error
	History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) ([]city.State, error)
	Undo(ctx context.Context, version city.Version, yield func(*city.Change) error) error
	LayersAt(ctx context.Context, version city.Version) ([]city.Layer, error)
	VersionAt(ctx context.Context, t time.Time) (city.Version, error)
}

// reader reads one consistent state. It lives as long as the call of Store.Read
// that made it and is not safe for concurrent use.
type reader struct {
	tx      pgx.Tx
	version city.Version
	entries []*entry
	layers  []city.Layer

	eras       map[int64]*era // by generation; nil until asked for
	pastLoaded bool           // eras has the layers that were removed
}

var _ Reader = (*reader)(nil)

// Read calls read with one consistent state of all layers: a REPEATABLE READ
// transaction, which neither waits for writers nor makes them wait.
func (s *Store) Read(ctx context.Context, read func(Reader) error) error {
	conn, tx, err := s.begin(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer conn.Release()
	defer rollback(ctx, tx)
	r := &reader{tx: tx}
	if r.version, err = version(ctx, tx); err != nil {
		return explain(ctx, conn.Conn(), err)
	}
	if r.entries, err = s.catalogue.load(ctx, tx); err != nil {
		return explain(ctx, conn.Conn(), err)
	}
	r.layers = layersOf(r.entries)
	return explain(ctx, conn.Conn(), read(r))
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
	list, err := e.source.selectList("t")
	if err != nil {
		return fmt.Errorf("read layer %q: %w", layer, err)
	}
	d := newDecoder(&e.source, &e.layer)
	d.text = newInterner()
	var failed error // yield's, which is returned as it is
	sql := "SELECT " + list + " FROM " + e.source.identifier() + " t ORDER BY t." + quote(e.source.ID)
	err = query(ctx, r.tx, sql, nil, func(raw [][]byte) error {
		f, err := d.decode(raw)
		if err == nil {
			failed = yield(f)
			err = failed
		}
		return err
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return fmt.Errorf("read layer %q from %s.%s: %w", layer, e.source.Schema, e.source.Table, err)
	}
	return nil
}

// query runs a statement whose columns all come in binary, in one round trip, and
// calls yield with each row, which holds until yield returns. It stops at the
// first error. Arguments are int64 or []int64.
func query(ctx context.Context, tx pgx.Tx, sql string, args []any, yield func(raw [][]byte) error) (err error) {
	parameters := make([][]byte, len(args))
	for i, arg := range args {
		if parameters[i], err = textParameter(arg); err != nil {
			return err
		}
	}
	rows := tx.Conn().PgConn().ExecParams(ctx, sql, parameters, nil, nil, []int16{pgx.BinaryFormatCode})
	for n := 0; err == nil && rows.NextRow(); n++ {
		// The driver hands out what it has already received; a reader that is
		// no longer wanted stops here.
		if n%64 == 0 && ctx.Err() != nil {
			err = ctx.Err()
			break
		}
		err = yield(rows.Values())
	}
	if _, closeErr := rows.Close(); err == nil {
		err = closeErr
	}
	return err
}

func textParameter(arg any) ([]byte, error) {
	switch v := arg.(type) {
	case int64:
		return strconv.AppendInt(nil, v, 10), nil
	case []int64:
		text := []byte("{")
		for i, n := range v {
			if i > 0 {
				text = append(text, ',')
			}
			text = strconv.AppendInt(text, n, 10)
		}
		return append(text, '}'), nil
	default:
		return nil, fmt.Errorf("a parameter of type %T", arg)
	}
}

// selectList is what a row of the layer is selected as: id, geometry as EWKB in
// WGS 84, then the properties. Alias is the name that the table has.
func (s *source) selectList(alias string) (string, error) {
	var sql strings.Builder
	sql.WriteString(alias + "." + quote(s.ID) + "::int8, " + s.geometryExpression(alias))
	for _, c := range s.Columns {
		expression, err := c.Reading.expression(alias + "." + quote(c.Name))
		if err != nil {
			return "", err
		}
		sql.WriteString(", " + expression)
	}
	return sql.String(), nil
}

func (s *source) geometryExpression(alias string) string {
	expression := alias + "." + quote(s.Geometry)
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

// rowDecoder turns rows, as selectList has them, into features.
type rowDecoder struct {
	source *source
	layer  *city.Layer
	wkb    wkb.Decoder
	text   *interner
	reused city.Feature
}

func newDecoder(s *source, l *city.Layer) *rowDecoder {
	d := &rowDecoder{source: s, layer: l}
	d.reused.Values = make([]city.Value, len(s.Columns))
	return d
}

// width is the number of columns of a row.
func (d *rowDecoder) width() int { return 2 + len(d.source.Columns) }

// feature is decode into a feature of its own.
func (d *rowDecoder) feature(raw [][]byte) (*city.Feature, error) {
	f, err := d.decode(raw)
	if err != nil {
		return nil, err
	}
	return f.Clone(), nil
}

// decode returns the feature of a row; the next call uses it again.
func (d *rowDecoder) decode(raw [][]byte) (*city.Feature, error) {
	id, err := decodeValue(city.KindInteger, readInteger, raw[0], nil)
	if err != nil || id.IsNull() {
		return nil, fmt.Errorf("the id of a row is not an integer: %v", err)
	}
	f := &d.reused
	f.ID, f.Geometry = id.Int(), nil
	if raw[1] != nil {
		f.Geometry, _, err = d.wkb.Decode(raw[1])
		if err != nil && !errors.Is(err, wkb.ErrEmpty) {
			return nil, fmt.Errorf("geometry of feature %d: %w", f.ID, err)
		}
		if wkb.IsEmpty(f.Geometry) {
			f.Geometry = nil
		}
	}
	for i, p := range d.layer.Properties {
		f.Values[i], err = decodeValue(p.Type, d.source.Columns[i].Reading, raw[2+i], d.text)
		if err != nil {
			return nil, fmt.Errorf("%s of feature %d: %w", p.Name, f.ID, err)
		}
	}
	return f, nil
}
