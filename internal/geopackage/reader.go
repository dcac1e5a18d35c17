package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// Reader reads one consistent state: the shape that package twin asks for.
type Reader = interface {
	Version() city.Version
	Layers() []city.Layer
	Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error
}

// reader reads inside one read transaction.
type reader struct {
	c       *conn
	cat     *catalogue
	version city.Version
}

func (r *reader) Version() city.Version { return r.version }

func (r *reader) Layers() []city.Layer { return r.cat.layers }

// Features yields the features of a layer by id. A row whose geometry others
// left out or wrote in a form that cannot be read has a nil Geometry.
func (r *reader) Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error {
	t, err := r.cat.find(layer)
	if err != nil {
		return err
	}
	rows := newRowDecoder(t)
	err = r.c.scan(ctx, t.selectRows()+" ORDER BY "+quote(t.id), func(row []driver.Value) error {
		f, _, _ := rows.decode(row)
		return yield(f)
	})
	if err != nil {
		return fmt.Errorf("layer %q: %w", layer, err)
	}
	return nil
}

// selectRows selects id, geometry and properties, in this order.
func (t *table) selectRows() string {
	var query strings.Builder
	id := "0" // a view
	if t.id != "" {
		id = quote(t.id)
	}
	query.WriteString("SELECT " + id + ", " + quote(t.geom))
	for _, col := range t.columns {
		query.WriteString(", ")
		switch col.declared {
		case "DATE", "DATETIME", "TIMESTAMP":
			// The driver turns text of these types into time.Time, guessing the
			// format; an expression has no declared type and stays text.
			query.WriteByte('+')
		}
		query.WriteString(quote(col.name))
	}
	query.WriteString(" FROM " + quote(t.name))
	return query.String()
}

// rowDecoder turns rows of selectRows into features. It reuses the Feature and
// its Values, and carves geometries out of slabs.
type rowDecoder struct {
	kinds   []city.Kind
	decoder wkb.Decoder
	feature city.Feature
}

func newRowDecoder(t *table) *rowDecoder {
	d := &rowDecoder{feature: city.Feature{Values: make([]city.Value, len(t.columns))}}
	for _, col := range t.columns {
		d.kinds = append(d.kinds, col.kind)
	}
	return d
}

// decode returns the feature of a row and the bytes of its geometry. The error
// says why the geometry is nil; the rest of the feature holds all the same.
func (d *rowDecoder) decode(row []driver.Value) (f *city.Feature, blob []byte, err error) {
	f = &d.feature
	f.ID, _ = row[0].(int64)
	d.values(row)
	blob, _ = row[1].([]byte)
	f.Geometry, err = d.geometry(blob)
	return f, blob, err
}

func (d *rowDecoder) values(row []driver.Value) {
	for i, kind := range d.kinds {
		if text, ok := row[i+2].(string); ok && kind == city.KindString {
			d.feature.Values[i] = city.String(text) // by far the most common
			continue
		}
		d.feature.Values[i] = decodeValue(kind, row[i+2])
	}
}

func (d *rowDecoder) geometry(blob []byte) (orb.Geometry, error) {
	if blob == nil {
		return nil, ErrEmpty
	}
	return decodeBlob(&d.decoder, blob)
}
