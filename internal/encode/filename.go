package encode

import (
	"fmt"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// FileName returns the name under which a person keeps what was written: the
// layer, the version and the extension, such as roads-v42.geojson. A layer's name
// is made of letters, digits and _, so that the name is safe on every system.
func (f Format) FileName(layer city.LayerID, version city.Version) string {
	return fmt.Sprintf("%s-v%d.%s", layer, version, f.Extension)
}

// Disposition returns the value of a Content-Disposition header that asks to keep
// the answer as a file of that name (RFC 6266): the name in ASCII, what is not
// replaced by _, and, where that differs, the name itself by RFC 8187.
func Disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/%`, r) {
			return '_'
		}
		return r
	}, name)
	value := `attachment; filename="` + plain + `"`
	if plain == name {
		return value
	}
	return value + "; filename*=UTF-8''" + percentEncoded(name)
}

// percentEncoded writes the value of an extended parameter (RFC 8187, section
// 3.2.1): attr-char as they are, every other byte as %XX.
func percentEncoded(text string) string {
	const attrChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`|~"
	var out strings.Builder
	for _, b := range []byte(text) {
		if strings.IndexByte(attrChars, b) >= 0 {
			out.WriteByte(b)
		} else {
			fmt.Fprintf(&out, "%%%02X", b)
		}
	}
	return out.String()
}
