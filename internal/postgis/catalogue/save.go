package catalogue

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// Parameters are the values of a feature in the binary formats of its columns.
func (e *Entry) Parameters(id int64, f *city.Feature) ([][]byte, error) {
	geometry, err := wkb.AppendEWKB(nil, f.Geometry, WGS84)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrValue, err)
	}
	parameters := [][]byte{binary.BigEndian.AppendUint64(nil, uint64(id)), geometry}
	for i, p := range e.Layer.Properties {
		var value []byte // NULL
		if !f.Value(i).IsNull() {
			value = AppendValue(nil, p.Type, f.Value(i))[4:] // COPY has the length before it
		}
		parameters = append(parameters, value)
	}
	return parameters, nil
}

// Save stores a feature under an id. It may be there.
func (e *Entry) Save(ctx context.Context, tx pgx.Tx, id int64, f *city.Feature) error {
	parameters, err := e.Parameters(id, f)
	if err != nil {
		return err
	}
	return e.exec(ctx, tx, e.SaveSQL(), parameters).Err
}

// exec runs a statement on e's table that is kept prepared, with parameters in
// binary.
func (e *Entry) exec(ctx context.Context, tx pgx.Tx, sql string, parameters [][]byte) *pgconn.Result {
	name, err := e.prepared(ctx, tx.Conn(), sql)
	if err != nil {
		return &pgconn.Result{Err: err}
	}
	return start(ctx, tx, name, sql, parameters, []int16{pgx.BinaryFormatCode}).Read()
}

// SaveSQL inserts $1, $2, … or updates what differs.
func (e *Entry) SaveSQL() string {
	id, geometry := Quote(e.Source.ID), Quote(e.Source.Geometry)
	columns, values := []string{id, geometry}, []string{"$1", "$2"}
	sets := []string{geometry + " = EXCLUDED." + geometry}
	old, put := []string{"t." + geometry + "::bytea"}, []string{"EXCLUDED." + geometry + "::bytea"}
	for i, c := range e.Source.Columns {
		name := Quote(c.Name)
		columns, values = append(columns, name), append(values, "$"+strconv.Itoa(3+i))
		sets = append(sets, name+" = EXCLUDED."+name)
		old, put = append(old, c.Reading.comparable("t."+name)), append(put, c.Reading.comparable("EXCLUDED."+name))
	}
	return "INSERT INTO " + e.Source.Identifier() + " AS t (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") +
		") ON CONFLICT (" + id + ") DO UPDATE SET " + strings.Join(sets, ", ") +
		" WHERE ROW(" + strings.Join(old, ", ") + ") IS DISTINCT FROM ROW(" + strings.Join(put, ", ") + ")"
}

// IsFree asks whether another feature has f's key or code, before an id is taken
// from the sequence, and without an error of the server, after which the
// transaction could not go on. The key is also kept by an index. (Of the code two
// processes may find in the same instant that it is free.)
func (e *Entry) IsFree(ctx context.Context, tx pgx.Tx, f *city.Feature) error {
	id := Quote(e.Source.ID)
	parameters := [][]byte{binary.BigEndian.AppendUint64(nil, uint64(f.ID))}
	var asked, queries []string
	for _, name := range []string{e.Layer.Key, city.PropCode} {
		i := e.Layer.PropertyIndex(name)
		if i < 0 || f.Value(i).IsNull() || slices.Contains(asked, name) || e.Layer.Properties[i].Type == city.KindJSON {
			continue
		}
		asked = append(asked, name)
		parameters = append(parameters, AppendValue(nil, e.Layer.Properties[i].Type, f.Value(i))[4:])
		queries = append(queries, "SELECT "+id+"::int8 FROM "+e.Source.Identifier()+" WHERE "+Quote(e.Source.Columns[i].Name)+
			" = $"+strconv.Itoa(len(parameters))+" AND "+id+" <> $1")
	}
	if len(queries) == 0 {
		return nil
	}
	holders := e.exec(ctx, tx, strings.Join(queries, " UNION ALL ")+" LIMIT 1", parameters)
	if holders.Err != nil || len(holders.Rows) == 0 {
		return holders.Err
	}
	holder, err := DecodeInteger(holders.Rows[0][0])
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %w, %d", strings.Join(asked, " or "), city.ErrTaken, holder)
}

// NextID takes the next id from the sequence, as an INSERT of others would. It
// skips ids that did not come from there, also those of features that are gone.
func (e *Entry) NextID(ctx context.Context, tx pgx.Tx) (id int64, err error) {
	column := Quote(e.Source.ID)
	var next int64
	err = tx.QueryRow(ctx, `SELECT n, greatest(n,
			(SELECT max(`+column+`) + 1 FROM `+e.Source.Identifier()+`), (SELECT max(id) + 1 FROM `+e.Was().Identifier()+`))
		FROM (SELECT nextval(pg_get_serial_sequence($1, $2)) AS n) AS taken`,
		pgx.QueryExecModeExec, e.Source.Identifier(), e.Source.ID).Scan(&next, &id)
	if err == nil && id > next {
		_, err = tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, $2), $3)`,
			pgx.QueryExecModeExec, e.Source.Identifier(), e.Source.ID, id)
	}
	return id, err
}

// LastID returns the largest id that the layer has or has had.
func (e *Entry) LastID(ctx context.Context, tx pgx.Tx) (last int64, err error) {
	err = tx.QueryRow(ctx, `SELECT greatest(coalesce(max(`+Quote(e.Source.ID)+`), 0),
			coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass), 0))
		FROM `+e.Source.Identifier(), e.Source.Identifier(), e.Source.ID).Scan(&last)
	return last, err
}

// AdvanceIDs lets the sequence follow ids that did not come from it, so that an
// insert by others gets a free one. Sequences are outside transactions, so this
// is done last: a transaction that fails leaves none behind.
func (e *Entry) AdvanceIDs(ctx context.Context, tx pgx.Tx) error {
	last, err := e.LastID(ctx, tx)
	if err != nil || last < 1 {
		return err
	}
	_, err = tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, $2), $3)`, e.Source.Identifier(), e.Source.ID, last)
	return err
}

// Fits reports why the layer cannot hold f.
func Fits(l *city.Layer, f *city.Feature) error {
	if wkb.IsEmpty(f.Geometry) {
		return fmt.Errorf("a geometry without coordinates: %w", ErrValue)
	}
	if got := f.Geometry.GeoJSONType(); l.Geometry != city.GeometryAny && string(l.Geometry) != got {
		return fmt.Errorf("a %s in a layer of %s: %w", got, l.Geometry, ErrValue)
	}
	if !wkb.Finite(f.Geometry) {
		return fmt.Errorf("a coordinate is not finite: %w", ErrValue)
	}
	if len(f.Values) > len(l.Properties) {
		return fmt.Errorf("%d values for %d properties: %w", len(f.Values), len(l.Properties), ErrValue)
	}
	for i, v := range f.Values {
		if err := fitsProperty(&l.Properties[i], v); err != nil {
			return err
		}
	}
	return nil
}

func fitsProperty(p *city.Property, v city.Value) error {
	switch kind := v.Kind(); {
	case kind == city.KindNull:
	case kind == city.KindInteger && p.Type == city.KindNumber:
	case kind != p.Type:
		return fmt.Errorf("property %q is a %s, not a %s: %w", p.Name, p.Type, kind, ErrValue)
	case kind == city.KindString || kind == city.KindJSON:
		if !utf8.ValidString(v.Text()) || strings.IndexByte(v.Text(), 0) >= 0 {
			return fmt.Errorf("property %q: text with NUL or invalid UTF-8: %w", p.Name, ErrValue)
		}
	case kind == city.KindDate || kind == city.KindInstant:
		// PostgreSQL's range of instants; that of its dates is wider.
		if year := v.Time().Year(); year < -4712 || year > 294275 {
			return fmt.Errorf("property %q: year %d: %w", p.Name, year, ErrValue)
		}
	}
	return nil
}
