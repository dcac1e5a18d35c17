package postgis

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// stage collects the puts of one layer in a temporary table, which lies on the
// server's disk however many there are, until merge.
//
//	Put ──► buffer, 1 MB of binary COPY ──► temporary table ──► merge
//	                                        n  id  geom  p0 p1 …
type stage struct {
	entry *catalogue.Entry
	table string // quoted
	plan  string // quoted; the table that merge makes
	n     int64  // puts so far
	rows  []byte // not yet copied
}

// stageBuffer is when a buffer is sent, in bytes: large enough that a COPY's
// round trip does not count.
const stageBuffer = 1 << 20

// Framing of binary COPY.
const (
	copyHeader  = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	copyTrailer = "\xff\xff"
)

// Put stores a feature; see twin.Writer. Text must be valid UTF-8 without NUL,
// the geometry of the layer's type, with coordinates that are finite; otherwise
// the error wraps ErrValue.
func (w *writer) Put(ctx context.Context, layer city.LayerID, f *city.Feature) error {
	s := w.stages[layer]
	if s == nil {
		e, err := catalogue.Find(w.entries, layer)
		if err != nil {
			return err
		}
		if e.Layer.Table != "" {
			return fmt.Errorf("layer %q from %s: %w", layer, e.Layer.Table, catalogue.ErrReadOnly)
		}
		s = newStage(e, w.staged)
		w.staged++
		if err := s.create(ctx, w.tx); err != nil {
			return fmt.Errorf("write layer %q: %w", layer, err)
		}
		w.stages[layer] = s
	}
	if err := s.append(f); err != nil {
		return fmt.Errorf("layer %q: %w", layer, err)
	}
	if len(s.rows) < stageBuffer {
		return nil
	}
	if err := s.send(ctx, w.tx); err != nil {
		return fmt.Errorf("write layer %q: %w", layer, err)
	}
	return nil
}

func newStage(e *catalogue.Entry, number int) *stage {
	return &stage{
		entry: e,
		table: pgx.Identifier{"pg_temp", "twin_stage_" + strconv.Itoa(number)}.Sanitize(),
		plan:  pgx.Identifier{"pg_temp", "twin_plan_" + strconv.Itoa(number)}.Sanitize(),
	}
}

func (s *stage) create(ctx context.Context, tx pgx.Tx) error {
	var sql strings.Builder
	sql.WriteString("CREATE TEMPORARY TABLE " + s.table + " (n bigint, id bigint, geom geometry")
	for i, p := range s.entry.Layer.Properties {
		sqlType, _ := catalogue.OwnType(p.Type)
		fmt.Fprintf(&sql, ", p%d %s", i, sqlType)
	}
	sql.WriteString(") ON COMMIT DROP")
	_, err := tx.Exec(ctx, sql.String())
	return err
}

// append checks f and appends it to the buffer, which stays as it was when f
// does not fit the layer.
func (s *stage) append(f *city.Feature) error {
	l := &s.entry.Layer
	if err := catalogue.Fits(l, f); err != nil {
		return err
	}
	start := len(s.rows)
	row := binary.BigEndian.AppendUint16(s.rows, uint16(3+len(l.Properties)))
	row = catalogue.AppendInt64(row, s.n)
	if f.ID == 0 {
		row = binary.BigEndian.AppendUint32(row, math.MaxUint32)
	} else {
		row = catalogue.AppendInt64(row, f.ID)
	}
	row = append(row, 0, 0, 0, 0)
	body := len(row)
	row, err := wkb.AppendEWKB(row, f.Geometry, catalogue.WGS84)
	if err != nil {
		s.rows = row[:start]
		return fmt.Errorf("%w: %w", catalogue.ErrValue, err)
	}
	binary.BigEndian.PutUint32(row[body-4:], uint32(len(row)-body))
	for i, p := range l.Properties {
		row = catalogue.AppendValue(row, p.Type, f.Value(i))
	}
	s.rows = row
	s.n++
	return nil
}

// send copies the buffer into the stage.
func (s *stage) send(ctx context.Context, tx pgx.Tx) error {
	if len(s.rows) == 0 {
		return nil
	}
	r := io.MultiReader(strings.NewReader(copyHeader), bytes.NewReader(s.rows), strings.NewReader(copyTrailer))
	_, err := tx.Conn().PgConn().CopyFrom(ctx, r, "COPY "+s.table+" FROM STDIN (FORMAT binary)")
	s.rows = s.rows[:0]
	return err
}
