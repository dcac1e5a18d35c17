package codec

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// SQLType gives the column type of each kind (table 1 of the standard). JSON
// is text whose media type stands in gpkg_data_columns.
func SQLType(k city.Kind) string {
	switch k {
	case city.KindInteger:
		return "INTEGER"
	case city.KindNumber:
		return "DOUBLE"
	case city.KindBoolean:
		return "BOOLEAN"
	case city.KindDate:
		return "DATE"
	case city.KindInstant:
		return "DATETIME"
	default:
		return "TEXT"
	}
}

// KindOf maps a declared type to a kind: by the names of the standard, then,
// for what others write, by SQLite's rules of affinity. Blobs give KindNull.
func KindOf(declared string, json bool) city.Kind {
	name, _, _ := strings.Cut(declared, "(")
	switch name = strings.TrimSpace(name); name {
	case "BOOLEAN", "BOOL":
		return city.KindBoolean
	case "DATE":
		return city.KindDate
	case "DATETIME", "TIMESTAMP":
		return city.KindInstant
	case "JSON":
		return city.KindJSON
	}
	contains := func(part string) bool { return strings.Contains(name, part) }
	switch {
	case contains("INT"):
		return city.KindInteger
	case contains("CHAR"), contains("CLOB"), contains("TEXT"):
		if json {
			return city.KindJSON
		}
		return city.KindString
	case contains("BLOB"):
		return city.KindNull
	case contains("REAL"), contains("FLOA"), contains("DOUB"), contains("NUM"), contains("DEC"):
		return city.KindNumber
	default:
		return city.KindString
	}
}
