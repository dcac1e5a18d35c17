package postgis

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// Get returns a feature as this transaction sees it and locks its row until the
// end of the transaction. Of a table of others, which is never written here, the
// row is not locked.
func (w *writer) Get(ctx context.Context, layer city.LayerID, id int64) (*city.Feature, error) {
	e, err := w.settled(ctx, layer)
	if err != nil {
		return nil, err
	}
	list, err := e.source.selectList("t")
	if err != nil {
		return nil, fmt.Errorf("read layer %q: %w", layer, err)
	}
	sql := "SELECT " + list + " FROM " + e.source.identifier() + " t WHERE t." + quote(e.source.ID) + " = $1"
	if e.layer.Table == "" {
		sql += " FOR UPDATE"
	}
	var found *city.Feature
	err = query(ctx, w.tx, sql, []any{id}, func(raw [][]byte) error {
		d := newDecoder(&e.source, &e.layer)
		found, err = d.feature(raw)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("feature %d of layer %q: %w", id, layer, err)
	}
	if found == nil {
		return nil, fmt.Errorf("feature %d of layer %q: %w", id, layer, city.ErrNotFound)
	}
	w.seen = seen{layer, id}
	return found, nil
}

// Save stores a feature under its id, or under the next free one, by one INSERT
// that turns into an UPDATE where the id exists. Its error wraps ErrValue when
// the layer cannot hold the feature, city.ErrTaken when the key or code is
// another's.
func (w *writer) Save(ctx context.Context, layer city.LayerID, f *city.Feature) (int64, error) {
	e, err := w.settled(ctx, layer)
	if err != nil {
		return 0, err
	}
	id, err := w.save(ctx, e, f)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == stateUniqueViolation {
		err = fmt.Errorf("%w: %w", city.ErrTaken, err)
	}
	if err != nil {
		return 0, fmt.Errorf("save feature %d of layer %q: %w", f.ID, layer, err)
	}
	return id, nil
}

func (w *writer) save(ctx context.Context, e *entry, f *city.Feature) (int64, error) {
	if err := w.writable(ctx, e); err != nil {
		return 0, err
	}
	if f.ID < 0 {
		return 0, fmt.Errorf("a negative id: %w", ErrValue)
	}
	if err := fits(&e.layer, f); err != nil {
		return 0, err
	}
	if err := e.isFree(ctx, w.tx, f); err != nil {
		return 0, err
	}
	id := f.ID
	if id == 0 {
		var err error
		if id, err = e.nextID(ctx, w.tx); err != nil {
			return 0, fmt.Errorf("choose an id: %w", err)
		}
	} else if w.seen != (seen{e.layer.ID, id}) {
		w.named[e.layer.ID] = true
	}
	parameters, err := e.parameters(id, f)
	if err != nil {
		return 0, err
	}
	formats := []int16{pgx.BinaryFormatCode}
	_, err = w.tx.Conn().PgConn().ExecParams(ctx, e.saveSQL(), parameters, nil, formats, formats).Close()
	return id, err
}

// parameters are the values of a feature in the binary formats of its columns.
func (e *entry) parameters(id int64, f *city.Feature) ([][]byte, error) {
	geometry, err := wkb.AppendEWKB(nil, f.Geometry, wgs84)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrValue, err)
	}
	parameters := [][]byte{binary.BigEndian.AppendUint64(nil, uint64(id)), geometry}
	for i, p := range e.layer.Properties {
		var value []byte // NULL
		if !f.Value(i).IsNull() {
			value = appendValue(nil, p.Type, f.Value(i))[4:] // COPY has the length before it
		}
		parameters = append(parameters, value)
	}
	return parameters, nil
}

// saveSQL inserts $1, $2, … or updates what differs.
func (e *entry) saveSQL() string {
	id, geometry := quote(e.source.ID), quote(e.source.Geometry)
	columns, values := []string{id, geometry}, []string{"$1", "$2"}
	sets := []string{geometry + " = EXCLUDED." + geometry}
	old, put := []string{"t." + geometry + "::bytea"}, []string{"EXCLUDED." + geometry + "::bytea"}
	for i, c := range e.source.Columns {
		name := quote(c.Name)
		columns, values = append(columns, name), append(values, "$"+strconv.Itoa(3+i))
		sets = append(sets, name+" = EXCLUDED."+name)
		old, put = append(old, c.Reading.comparable("t."+name)), append(put, c.Reading.comparable("EXCLUDED."+name))
	}
	return "INSERT INTO " + e.source.identifier() + " AS t (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") +
		") ON CONFLICT (" + id + ") DO UPDATE SET " + strings.Join(sets, ", ") +
		" WHERE ROW(" + strings.Join(old, ", ") + ") IS DISTINCT FROM ROW(" + strings.Join(put, ", ") + ")"
}

// isFree asks whether another feature has f's key or code, before an id is taken
// from the sequence, and without an error of the server, after which the
// transaction could not go on. The key is also kept by an index. (Of the code two
// processes may find in the same instant that it is free.)
func (e *entry) isFree(ctx context.Context, tx pgx.Tx, f *city.Feature) error {
	id := quote(e.source.ID)
	parameters := [][]byte{binary.BigEndian.AppendUint64(nil, uint64(f.ID))}
	var asked, queries []string
	for _, name := range []string{e.layer.Key, city.PropCode} {
		i := e.layer.PropertyIndex(name)
		if i < 0 || f.Value(i).IsNull() || slices.Contains(asked, name) || e.layer.Properties[i].Type == city.KindJSON {
			continue
		}
		asked = append(asked, name)
		parameters = append(parameters, appendValue(nil, e.layer.Properties[i].Type, f.Value(i))[4:])
		queries = append(queries, "SELECT "+id+"::int8 FROM "+e.source.identifier()+" WHERE "+quote(e.source.Columns[i].Name)+
			" = $"+strconv.Itoa(len(parameters))+" AND "+id+" <> $1")
	}
	if len(queries) == 0 {
		return nil
	}
	formats := []int16{pgx.BinaryFormatCode}
	holders := tx.Conn().PgConn().ExecParams(ctx, strings.Join(queries, " UNION ALL ")+" LIMIT 1", parameters, nil, formats, formats).Read()
	if holders.Err != nil || len(holders.Rows) == 0 {
		return holders.Err
	}
	holder, err := decodeInteger(holders.Rows[0][0])
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %w, %d", strings.Join(asked, " or "), city.ErrTaken, holder)
}

// nextID takes the next id from the sequence, as an INSERT of others would. It
// skips ids that did not come from there, also those of features that are gone.
func (e *entry) nextID(ctx context.Context, tx pgx.Tx) (id int64, err error) {
	column := quote(e.source.ID)
	var next int64
	err = tx.QueryRow(ctx, `SELECT n, greatest(n,
			(SELECT max(`+column+`) + 1 FROM `+e.source.identifier()+`), (SELECT max(id) + 1 FROM `+e.was().identifier()+`))
		FROM (SELECT nextval(pg_get_serial_sequence($1, $2)) AS n) AS taken`,
		pgx.QueryExecModeExec, e.source.identifier(), e.source.ID).Scan(&next, &id)
	if err == nil && id > next {
		_, err = tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, $2), $3)`,
			pgx.QueryExecModeExec, e.source.identifier(), e.source.ID, id)
	}
	return id, err
}

// Delete removes a feature.
func (w *writer) Delete(ctx context.Context, layer city.LayerID, id int64) error {
	e, err := w.settled(ctx, layer)
	if err != nil {
		return err
	}
	if err := w.writable(ctx, e); err != nil {
		return err
	}
	tag, err := w.tx.Exec(ctx, "DELETE FROM "+e.source.identifier()+" WHERE "+quote(e.source.ID)+" = $1", pgx.QueryExecModeExec, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = city.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete feature %d of layer %q: %w", id, layer, err)
	}
	return nil
}

// settled returns the entry of a layer whose puts have reached its table.
func (w *writer) settled(ctx context.Context, layer city.LayerID) (*entry, error) {
	e, err := find(w.entries, layer)
	if err != nil {
		return nil, err
	}
	return e, w.flushLayer(ctx, e)
}

// writable refuses tables of others and sees to it that a layer which this
// transaction made has its key index, by which Save finds out what is taken.
func (w *writer) writable(ctx context.Context, e *entry) error {
	if e.layer.Table != "" {
		return fmt.Errorf("layer %q from %s: %w", e.layer.ID, e.layer.Table, ErrReadOnly)
	}
	return w.index(ctx, e)
}
