package geojson

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// Errors about one feature.
var (
	ErrEncoding = errors.New("not valid UTF-8")
	ErrFeature  = errors.New("not a GeoJSON feature")
)

// parser turns the raw bytes of features into records. It interns property
// names, which repeat on every feature.
type parser struct {
	names map[string]string
	crs   string
}

func (p *parser) intern(name []byte) string {
	if s, ok := p.names[string(name)]; ok {
		return s
	}
	s := string(name)
	// A file whose names never repeat must not fill the memory.
	if len(p.names) < 4096 {
		p.names[s] = s
	}
	return s
}

// parts are the members of a top-level object that matter, still raw.
type parts struct {
	kind                                string
	id, geometry, properties, crs, name []byte
	features                            []byte
	bare                                bool // has coordinates or geometries itself
}

func (p *parser) split(raw []byte) (parts, error) {
	var out parts
	if !utf8.Valid(raw) {
		return out, ErrEncoding
	}
	c := &cursor{b: raw}
	err := c.members(func(name []byte) (err error) {
		switch string(name) {
		case "type":
			if c.peek() != '"' {
				return c.errorf("the type is no string")
			}
			var t []byte
			t, err = c.text()
			out.kind = string(t)
		case "id":
			out.id, err = c.raw()
		case "geometry":
			out.geometry, err = c.raw()
		case "properties":
			out.properties, err = c.raw()
		case "features":
			out.features, err = c.raw()
		case "crs":
			out.crs, err = c.raw()
		case "name":
			out.name, err = c.raw()
		case "coordinates", "geometries":
			out.bare = true
			_, err = c.raw()
		default:
			_, err = c.raw()
		}
		return err
	})
	if err == nil && c.peek() != 0 {
		err = c.errorf("something follows the feature")
	}
	return out, err
}

// fromParts fills r from the parts of a Feature or a bare geometry.
func (p *parser) fromParts(raw []byte, m parts, r *feed.Record) error {
	if m.crs != nil {
		p.crs = crsName(m.crs)
	}
	var err error
	if m.bare && m.kind != "Feature" {
		c := &cursor{b: raw}
		r.Geometry, err = c.geometry(&r.Flat, 0)
		return err
	}
	if m.kind != "Feature" {
		return fmt.Errorf("type %q: %w", m.kind, ErrFeature)
	}
	if m.id != nil {
		if r.Key, r.ID, err = identifier(m.id); err != nil {
			return err
		}
	}
	if m.geometry != nil {
		c := &cursor{b: m.geometry}
		if r.Geometry, err = c.geometry(&r.Flat, 0); err != nil {
			return err
		}
	}
	if m.properties == nil || string(m.properties) == "null" {
		return nil
	}
	return p.properties(m.properties, r)
}

// identifier reads the id member: text or a number (RFC 7946 section 3.2).
func identifier(raw []byte) (key string, id int64, err error) {
	c := &cursor{b: raw}
	switch c.peek() {
	case '"':
		text, err := c.text()
		return string(text), 0, err
	case 'n':
		return "", 0, c.literal("null")
	}
	text, integer, err := c.number()
	if err != nil {
		return "", 0, fmt.Errorf("id: %w", err)
	}
	if integer {
		if id, err = strconv.ParseInt(string(text), 10, 64); err != nil || id < 0 {
			id = 0
		}
	}
	return string(text), id, nil
}

func (p *parser) properties(raw []byte, r *feed.Record) error {
	c := &cursor{b: raw}
	return c.members(func(name []byte) error {
		property := p.intern(name)
		v, err := c.propertyValue()
		if err != nil {
			return fmt.Errorf("property %q: %w", property, err)
		}
		r.Add(property, v)
		return nil
	})
}

func (c *cursor) propertyValue() (city.Value, error) {
	switch ch := c.peek(); ch {
	case '"':
		text, err := c.text()
		return city.String(string(text)), err
	case 't':
		return city.Boolean(true), c.literal("true")
	case 'f':
		return city.Boolean(false), c.literal("false")
	case 'n':
		return city.Null, c.literal("null")
	case '{', '[':
		raw, err := c.raw()
		if err != nil {
			return city.Null, err
		}
		return city.JSON(raw)
	default:
		text, integer, err := c.number()
		if err != nil {
			return city.Null, err
		}
		return numberValue(string(text), integer), nil
	}
}

// numberValue keeps what was written: an integer that fits in 64 bits, a
// number that a float64 holds, otherwise the digits as text.
func numberValue(text string, integer bool) city.Value {
	if integer {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return city.Integer(i)
		}
		return city.String(text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return city.String(text)
	}
	return city.Number(f)
}

// crsName reads the crs member that GeoJSON had before RFC 7946: a named CRS;
// anything else is returned raw, so that an error can show it.
func crsName(raw []byte) string {
	c := &cursor{b: raw}
	if c.peek() == 'n' {
		return ""
	}
	var name string
	err := c.members(func(member []byte) error {
		if string(member) != "properties" || c.peek() != '{' {
			_, err := c.raw()
			return err
		}
		return c.members(func(inner []byte) error {
			if string(inner) == "name" && c.peek() == '"' {
				text, err := c.text()
				name = string(text)
				return err
			}
			_, err := c.raw()
			return err
		})
	})
	if err != nil || name == "" {
		return string(raw)
	}
	return name
}
