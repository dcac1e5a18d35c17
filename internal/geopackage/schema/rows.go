package schema

import (
	"database/sql/driver"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// RowDecoder turns rows of SelectRows into features. It reuses the Feature and
// its Values, and carves geometries out of slabs.
type RowDecoder struct {
	Feature city.Feature
	kinds   []city.Kind
	decoder wkb.Decoder
}

// Alone makes each geometry from now on lie in memory of its own: what is kept of
// one must not keep the neighbours that it was read with.
func (d *RowDecoder) Alone() { d.decoder.Alone = true }

// NewRowDecoder makes a decoder for rows with these columns.
func NewRowDecoder(columns []Column) *RowDecoder {
	d := &RowDecoder{Feature: city.Feature{Values: make([]city.Value, len(columns))}}
	for _, col := range columns {
		d.kinds = append(d.kinds, col.Kind)
	}
	return d
}

// Decode returns the feature of a row and the bytes of its geometry. The error
// says why the geometry is nil; the rest of the feature holds all the same.
func (d *RowDecoder) Decode(row []driver.Value) (f *city.Feature, blob []byte, err error) {
	f = &d.Feature
	f.ID, _ = row[0].(int64)
	d.Values(row)
	blob, _ = row[1].([]byte)
	f.Geometry, err = d.Geometry(blob)
	return f, blob, err
}

// Values decodes the properties of a row alone.
func (d *RowDecoder) Values(row []driver.Value) {
	for i, kind := range d.kinds {
		if text, ok := row[i+2].(string); ok && kind == city.KindString {
			d.Feature.Values[i] = city.String(text) // by far the most common
			continue
		}
		d.Feature.Values[i] = codec.DecodeValue(kind, row[i+2])
	}
}

// Geometry decodes a blob; nil is codec.ErrEmpty.
func (d *RowDecoder) Geometry(blob []byte) (orb.Geometry, error) {
	if blob == nil {
		return nil, codec.ErrEmpty
	}
	return codec.DecodeGeometry(&d.decoder, blob)
}
