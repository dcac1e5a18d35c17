package lite

import (
	"database/sql/driver"

	"github.com/paulmach/orb"
	sqlite "modernc.org/sqlite"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
)

// NewDriver makes a driver whose connections know the five functions that the
// R-tree triggers of the standard call (Annex F.3). A program that lacks them,
// such as the sqlite3 shell, cannot change geometries: the statement fails, so
// the index never goes wrong. The library never forgets the functions of a
// driver: each costs a few hundred bytes for the life of the process.
func NewDriver() (*Driver, error) {
	var d Driver
	for name, fn := range map[string]func(orb.Bound) driver.Value{
		"ST_MinX": func(b orb.Bound) driver.Value { return b.Min[0] },
		"ST_MaxX": func(b orb.Bound) driver.Value { return b.Max[0] },
		"ST_MinY": func(b orb.Bound) driver.Value { return b.Min[1] },
		"ST_MaxY": func(b orb.Bound) driver.Value { return b.Max[1] },
		// What cannot be read has no bounds: the triggers must leave it out of
		// the index, as they do with what is empty.
		"ST_IsEmpty": nil,
	} {
		impl := &sqlite.FunctionImpl{
			NArgs: 1, Deterministic: true,
			VolatileArgs: true, // the blob is only looked at
			Scalar: func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
				return callSpatial(args[0], fn), nil
			},
		}
		if err := d.sqlite.RegisterFunction(name, impl); err != nil {
			return nil, err
		}
	}
	return &d, nil
}

// callSpatial applies fn to the bounds of a blob; a nil fn asks whether there
// are none. Null gives null.
func callSpatial(arg driver.Value, fn func(orb.Bound) driver.Value) driver.Value {
	if arg == nil {
		return nil
	}
	blob, _ := arg.([]byte)
	b, err := codec.BlobBound(blob)
	switch {
	case fn != nil && err != nil:
		return nil
	case fn != nil:
		return fn(b)
	case err != nil:
		return int64(1)
	default:
		return int64(0)
	}
}
