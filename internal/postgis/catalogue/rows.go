package catalogue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// Query runs a statement whose columns all come in binary, in one round trip, and
// calls yield with each row, which holds until yield returns. It stops at the
// first error. Arguments are int64 or []int64.
func Query(ctx context.Context, tx pgx.Tx, sql string, args []any, yield func(raw [][]byte) error) (err error) {
	return run(ctx, tx, sql, sql, args, yield)
}

// Query is Query of a statement on e's table or history that is kept prepared.
func (e *Entry) Query(ctx context.Context, tx pgx.Tx, sql string, args []any, yield func(raw [][]byte) error) error {
	name, err := e.prepared(ctx, tx.Conn(), sql)
	if err != nil {
		return err
	}
	return run(ctx, tx, name, sql, args, yield)
}

// run is Query of a statement that is prepared under a name, if that is not sql.
func run(ctx context.Context, tx pgx.Tx, name, sql string, args []any, yield func(raw [][]byte) error) (err error) {
	parameters := make([][]byte, len(args))
	for i, arg := range args {
		if parameters[i], err = textParameter(arg); err != nil {
			return err
		}
	}
	rows := start(ctx, tx, name, sql, parameters, nil)
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

// start begins a statement whose columns all come in binary.
func start(ctx context.Context, tx pgx.Tx, name, sql string, parameters [][]byte, formats []int16) *pgconn.ResultReader {
	binary := []int16{pgx.BinaryFormatCode}
	if name == sql {
		return tx.Conn().PgConn().ExecParams(ctx, sql, parameters, nil, formats, binary)
	}
	return tx.Conn().PgConn().ExecPrepared(ctx, name, parameters, formats, binary)
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

// SelectList is what a row of the layer is selected as: id, geometry as EWKB in
// WGS 84, then the properties. Alias is the name that the table has.
func (s *Source) SelectList(alias string) (string, error) {
	var sql strings.Builder
	sql.WriteString(alias + "." + Quote(s.ID) + "::int8, " + s.geometryExpression(alias))
	for _, c := range s.Columns {
		expression, err := c.Reading.expression(alias + "." + Quote(c.Name))
		if err != nil {
			return "", err
		}
		sql.WriteString(", " + expression)
	}
	return sql.String(), nil
}

func (s *Source) geometryExpression(alias string) string {
	expression := alias + "." + Quote(s.Geometry)
	if s.Geography {
		expression += "::geometry"
	}
	if s.Curves {
		expression = "ST_CurveToLine(" + expression + ")"
	}
	if s.SRID != WGS84 {
		expression = fmt.Sprintf("ST_Transform(%s, %d)", expression, WGS84)
	}
	return expression
}

// Decoder turns rows, as SelectList has them, into features.
type Decoder struct {
	source *Source
	layer  *city.Layer
	wkb    wkb.Decoder
	text   *interner
	reused city.Feature
}

// NewDecoder decodes rows of a layer that lie in s.
func NewDecoder(s *Source, l *city.Layer) *Decoder {
	d := &Decoder{source: s, layer: l}
	d.reused.Values = make([]city.Value, len(s.Columns))
	return d
}

// Intern gives equal short texts of all further rows one string.
func (d *Decoder) Intern() { d.text = newInterner() }

// Width is the number of columns of a row.
func (d *Decoder) Width() int { return 2 + len(d.source.Columns) }

// Feature is decode into a feature of its own.
func (d *Decoder) Feature(raw [][]byte) (*city.Feature, error) {
	f, err := d.Decode(raw)
	if err != nil {
		return nil, err
	}
	return f.Clone(), nil
}

// Decode returns the feature of a row; the next call uses it again.
func (d *Decoder) Decode(raw [][]byte) (*city.Feature, error) {
	id, err := DecodeValue(city.KindInteger, ReadInteger, raw[0], nil)
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
	for i := range d.layer.Properties {
		field := raw[2+i]
		if field == nil { // as most are
			f.Values[i] = city.Null
			continue
		}
		p := &d.layer.Properties[i]
		f.Values[i], err = DecodeValue(p.Type, d.source.Columns[i].Reading, field, d.text)
		if err != nil {
			return nil, fmt.Errorf("%s of feature %d: %w", p.Name, f.ID, err)
		}
	}
	return f, nil
}

// Optional decodes a feature that is there if exists, a boolean, says so.
func (d *Decoder) Optional(exists []byte, raw [][]byte) (*city.Feature, error) {
	if len(exists) != 1 || exists[0] == 0 {
		return nil, nil
	}
	return d.Feature(raw)
}

// DecodeInteger decodes an int8 that is not null.
func DecodeInteger(raw []byte) (int64, error) {
	v, err := DecodeValue(city.KindInteger, ReadInteger, raw, nil)
	if err == nil && v.IsNull() {
		err = fmt.Errorf("null instead of an integer")
	}
	return v.Int(), err
}

// OfChangeSets is the rows w of e's history that belong to the change sets $1, one
// change set after the other, for the same reason.
func (e *Entry) OfChangeSets() string {
	return "unnest($1::bigint[]) AS changed (id) CROSS JOIN LATERAL (SELECT * FROM " + e.Was().Identifier() +
		" WHERE changeset = changed.id OFFSET 0) AS w"
}

// Present joins a row w of history, where condition is true, to the feature as it
// is now, t. As with placed, one by one.
func (e *Entry) Present(condition string) string {
	return " LEFT JOIN LATERAL (SELECT * FROM " + e.Source.Rows() + " AS now WHERE now." + Quote(e.Source.ID) +
		" = w.id AND " + condition + " OFFSET 0) AS t ON true"
}

// Either lists, as SelectList does, the columns of the history row called was
// where there is one, and else of the layer's row called now.
func (e *Entry) Either(was, now string) (string, error) {
	history := e.Was()
	choose := func(a, b string) string {
		return "CASE WHEN " + was + ".id IS NOT NULL THEN " + a + " ELSE " + b + " END"
	}
	list := []string{
		choose(was+".id::int8", now+"."+Quote(e.Source.ID)+"::int8"),
		choose(history.geometryExpression(was), e.Source.geometryExpression(now)),
	}
	for i, c := range e.Source.Columns {
		a, err := history.Columns[i].Reading.expression(was + "." + history.Columns[i].Name)
		if err != nil {
			return "", err
		}
		b, err := c.Reading.expression(now + "." + Quote(c.Name))
		if err != nil {
			return "", err
		}
		list = append(list, choose(a, b))
	}
	return strings.Join(list, ", "), nil
}
