package textenc

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
)

// ErrUnknown means that an encoding's name is not known.
var ErrUnknown = errors.New("unknown text encoding")

// Evidence gathers what the bytes of a file can be.
type Evidence struct {
	Letters int // texts with bytes above 0x7F
	Broken  int // of these, texts that are not UTF-8
}

// Observe looks at one text. When full is true the text fills a field of
// fixed width, and a character cut off at its end does not count against UTF-8.
func (e *Evidence) Observe(b []byte, full bool) {
	ascii := true
	for _, c := range b {
		if c >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return
	}
	e.Letters++
	if full {
		b = trimCut(b)
	}
	if !utf8.Valid(b) {
		e.Broken++
	}
}

// trimCut removes the start of a UTF-8 character that lacks its end.
func trimCut(b []byte) []byte {
	for back := 1; back <= 3 && back <= len(b); back++ {
		c := b[len(b)-back]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-back:]) {
				return b[:len(b)-back]
			}
			return b
		}
	}
	return b
}

// Decoder turns bytes into UTF-8.
type Decoder struct {
	Name string // such as UTF-8 or windows-1258
	enc  encoding.Encoding
}

// UTF8 is the decoder of text that is UTF-8 already.
func UTF8() Decoder { return Decoder{Name: "UTF-8"} }

// Decode returns the text, and false when some bytes have no meaning in the
// encoding; they become U+FFFD. A UTF-8 character that is cut off at the end,
// as happens in DBF fields, is left out and is an error as well.
func (d Decoder) Decode(b []byte) (string, bool) {
	if d.enc == nil {
		if utf8.Valid(b) {
			return string(b), true
		}
		return strings.ToValidUTF8(string(trimCut(b)), "\uFFFD"), false
	}
	out, err := d.enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), false
	}
	text := string(out)
	return text, !strings.ContainsRune(text, utf8.RuneError)
}

// Decide chooses the decoder for text of which stated (may be empty) and the
// DBF language driver id (0 when there is none) speak, and of which the bytes
// are evidence. Note is not empty when the statement was not followed or when
// the choice is a guess.
func Decide(stated string, ldid byte, e Evidence) (d Decoder, note string, err error) {
	stated = strings.TrimSpace(strings.Trim(strings.TrimSpace(stated), "\x00\uFEFF"))
	if stated != "" {
		d, err = ByName(stated)
		if err != nil {
			return UTF8(), "", err
		}
	}
	isUTF8 := e.Broken == 0
	switch {
	case e.Letters == 0:
		if stated == "" {
			d = UTF8()
		}
		return d, "", nil
	case stated != "" && d.enc == nil && isUTF8:
		return d, "", nil
	case stated != "" && d.enc == nil:
		guess := windows1258()
		return guess, fmt.Sprintf("the file says %s, but %d of %d texts are not; read as %s", stated, e.Broken, e.Letters, guess.Name), nil
	case isUTF8 && stated != "":
		return UTF8(), fmt.Sprintf("the file says %s, but all %d texts with letters above ASCII are UTF-8; read as UTF-8", stated, e.Letters), nil
	case isUTF8:
		return UTF8(), "", nil
	case stated != "":
		return d, "", nil
	}
	if enc, name, ok := byLDID(ldid); ok {
		return Decoder{Name: name, enc: enc}, "", nil
	}
	guess := windows1258()
	return guess, fmt.Sprintf("the file does not say its encoding and is not UTF-8; read as %s, the Vietnamese Windows code page", guess.Name), nil
}

func windows1258() Decoder { return Decoder{Name: "windows-1258", enc: charmap.Windows1258} }

// ByName finds an encoding by what stands in .cpg files: an IANA name, a bare
// code page number, "ANSI 1252", "CP1258", "88591".
func ByName(name string) (Decoder, error) {
	folded := strings.ToLower(strings.TrimSpace(name))
	switch folded {
	case "utf-8", "utf8", "65001", "cp65001", "utf_8":
		return UTF8(), nil
	}
	folded = strings.TrimPrefix(strings.TrimPrefix(folded, "ansi "), "oem ")
	folded = strings.TrimPrefix(folded, "windows-")
	number := strings.TrimPrefix(strings.TrimPrefix(folded, "cp"), "ibm")
	if enc, canonical, ok := byCodePage(number); ok {
		return Decoder{Name: canonical, enc: enc}, nil
	}
	if rest, ok := strings.CutPrefix(strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.TrimPrefix(folded, "iso")), "8859"); ok && rest != "" {
		folded = "iso-8859-" + rest
	}
	enc, err := ianaindex.IANA.Encoding(folded)
	if err != nil || enc == nil {
		return Decoder{}, fmt.Errorf("encoding %q: %w", name, ErrUnknown)
	}
	canonical, err := ianaindex.MIME.Name(enc)
	if err != nil {
		canonical = folded
	}
	if strings.EqualFold(canonical, "utf-8") {
		return UTF8(), nil
	}
	return Decoder{Name: canonical, enc: enc}, nil
}

func byCodePage(number string) (encoding.Encoding, string, bool) {
	pages := map[string]*charmap.Charmap{
		"437": charmap.CodePage437, "850": charmap.CodePage850, "852": charmap.CodePage852,
		"855": charmap.CodePage855, "866": charmap.CodePage866, "874": charmap.Windows874,
		"1250": charmap.Windows1250, "1251": charmap.Windows1251, "1252": charmap.Windows1252,
		"1253": charmap.Windows1253, "1254": charmap.Windows1254, "1255": charmap.Windows1255,
		"1256": charmap.Windows1256, "1257": charmap.Windows1257, "1258": charmap.Windows1258,
	}
	page, ok := pages[number]
	if !ok {
		return nil, "", false
	}
	if len(number) == 3 && number != "874" {
		return page, "IBM" + number, true
	}
	return page, "windows-" + number, true
}

// byLDID maps the DBF language driver ids that name one code page. 0x03 and
// 0x57 (Western Windows) are what programs write without thinking, so they are
// no evidence against Vietnamese.
func byLDID(id byte) (encoding.Encoding, string, bool) {
	ids := map[byte]string{
		0x01: "437", 0x02: "850", 0x64: "852", 0x65: "866", 0x7C: "874",
		0xC8: "1250", 0xC9: "1251", 0xCA: "1254", 0xCB: "1253", 0x7D: "1255", 0x7E: "1256",
	}
	number, ok := ids[id]
	if !ok {
		return nil, "", false
	}
	return byCodePage(number)
}

// Mojibake reports whether text looks like UTF-8 that was once read as Western
// Windows text, such as "HÃ  Ná»™i" for "Hà Nội": turned back into bytes it is
// UTF-8 with letters above ASCII.
func Mojibake(text string) bool {
	suspicious := false
	for _, r := range text {
		// Lead bytes of two- and three-byte characters as windows-1252 letters.
		if r >= 0xC3 && r <= 0xEF {
			suspicious = true
			break
		}
	}
	if !suspicious {
		return false
	}
	back := make([]byte, 0, len(text))
	for _, r := range text {
		switch b, ok := charmap.Windows1252.EncodeRune(r); {
		case ok:
			back = append(back, b)
		case r < 0x100:
			back = append(back, byte(r)) // the C1 controls that 1252 leaves free
		case r == utf8.RuneError:
			back = append(back, 0x90) // a byte free in 1252: always a continuation
		default:
			return false
		}
	}
	return utf8.Valid(back)
}
