package ingest

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/textenc"
)

// tidyText makes text that every store can hold: UTF-8 in normal form C, the
// form in which Vietnamese letters are one character each, without NUL.
func tidyText(text string) (tidy string, reason string, action feed.Action) {
	ascii := true
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf || text[i] == 0 {
			ascii = false
			break
		}
	}
	if ascii {
		return text, "", ""
	}
	switch {
	case !utf8.ValidString(text):
		return norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD")), reasonUTF8, feed.Dropped
	case strings.IndexByte(text, 0) >= 0:
		return norm.NFC.String(strings.ReplaceAll(text, "\x00", "")), reasonNUL, feed.Dropped
	case !norm.NFC.IsNormalString(text):
		return norm.NFC.String(text), reasonNFC, feed.Noted
	case textenc.Mojibake(text):
		return text, reasonMojibake, feed.Kept
	default:
		return text, "", ""
	}
}

// tidyValue does the same to a value that holds text.
func tidyValue(v city.Value) (tidy city.Value, reason string, action feed.Action) {
	switch v.Kind() {
	case city.KindString:
		text, reason, action := tidyText(v.Text())
		if reason == "" || action == feed.Kept {
			return v, reason, action
		}
		return city.String(text), reason, action
	case city.KindJSON:
		text, reason, action := tidyText(v.Text())
		if reason == "" || action == feed.Kept {
			return v, reason, action
		}
		if tidied, err := city.JSON([]byte(text)); err == nil {
			return tidied, reason, action
		}
		return v, reason, feed.Kept
	default:
		return v, "", ""
	}
}

// propertyName makes a column name of a file's property name.
func propertyName(name string) string {
	name, _, _ = tidyText(strings.ToValidUTF8(name, "_"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '"' || r < ' ' || r == 0x7F {
			return '_'
		}
		return r
	}, name))
	return cutName(name, maxName, "property")
}

// maxName is the longest name of a column, in bytes (PostgreSQL).
const maxName = 63

// cutName shortens a name at a character; empty names become fallback.
func cutName(name string, limit int, fallback string) string {
	if name == "" {
		return fallback
	}
	if len(name) <= limit {
		return name
	}
	name = name[:limit]
	for !utf8.ValidString(name) {
		name = name[:len(name)-1]
	}
	return name
}

// layerName makes a layer id of a file's or table's name: "Điểm dừng 2025" is
// diem_dung_2025.
func layerName(name string) city.LayerID {
	id := city.Slug(name)
	if id == "" {
		id = "layer"
	}
	if id[0] >= '0' && id[0] <= '9' {
		id = "l_" + id
	}
	if _, err := city.ParseLayerID(cutName(id, maxName, "layer")); err != nil {
		id = "l_" + id // a prefix that stores keep for themselves
	}
	return city.LayerID(cutName(id, maxName, "layer"))
}
