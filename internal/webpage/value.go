package webpage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Limits of what a page shows of a document. What is beyond stands as "…".
const (
	maxDepth   = 12
	maxMembers = 5_000 // of one object or array
)

// Value is a part of a JSON document, its members in their order.
type Value struct {
	Text    string   // of a scalar
	Members []Member // of an object
	Items   []Value  // of an array
	Kind    Kind
}

// Member is one of an object.
type Member struct {
	Name  string
	Value Value
	Label string // what it is called, for people
}

// Kind is what a Value is.
type Kind uint8

// The kinds of a Value.
const (
	Null Kind = iota
	Scalar
	Number
	Object
	Array
)

// errDocument means text that is not the JSON of one object.
var errDocument = errors.New("webpage: not a JSON object")

// parse reads a document. It notes in box where its geometries lie, and keeps of
// each only what it is.
func parse(text []byte, box *box) (Value, error) {
	d := &reader{Decoder: json.NewDecoder(bytes.NewReader(text)), box: box}
	d.UseNumber()
	v, err := d.value(0)
	if err != nil {
		return v, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || v.Kind != Object {
		return v, errDocument
	}
	return v, nil
}

type reader struct {
	*json.Decoder
	box *box
}

func (d *reader) value(depth int) (Value, error) {
	token, err := d.Token()
	if err != nil {
		return Value{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		if depth > maxDepth {
			return Value{Kind: Scalar, Text: "…"}, d.skip()
		}
		if t == '{' {
			return d.object(depth)
		}
		return d.array(depth)
	case json.Number:
		return Value{Kind: Number, Text: t.String()}, nil
	case string:
		return Value{Kind: Scalar, Text: t}, nil
	case bool:
		return Value{Kind: Scalar, Text: strconv.FormatBool(t)}, nil
	default:
		return Value{}, nil
	}
}

// skip reads to the end of the object or array that has begun.
func (d *reader) skip() error {
	for open := 1; open > 0; {
		token, err := d.Token()
		if err != nil {
			return err
		}
		if t, ok := token.(json.Delim); ok && (t == '{' || t == '[') {
			open++
		} else if ok {
			open--
		}
	}
	return nil
}

func (d *reader) object(depth int) (Value, error) {
	v := Value{Kind: Object}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return v, err
		}
		text, _ := name.(string)
		var member Value
		if text == "geometry" {
			member, err = d.geometry(depth)
		} else {
			member, err = d.value(depth + 1)
		}
		if err != nil {
			return v, err
		}
		if len(v.Members) < maxMembers {
			v.Members = append(v.Members, Member{Name: text, Value: member})
		}
	}
	_, err := d.Token()
	return v, err
}

func (d *reader) array(depth int) (Value, error) {
	v := Value{Kind: Array}
	for d.More() {
		item, err := d.value(depth + 1)
		if err != nil {
			return v, err
		}
		switch {
		case len(v.Items) < maxMembers:
			v.Items = append(v.Items, item)
		case len(v.Items) == maxMembers:
			v.Items = append(v.Items, Value{Kind: Scalar, Text: "…"})
		}
	}
	_, err := d.Token()
	return v, err
}

// geometry reads a member named geometry, which is one of GeoJSON or, in the
// definition of a layer, the name of a type.
func (d *reader) geometry(depth int) (Value, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return Value{}, err
	}
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Geometries  []struct {
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometries"`
	}
	if json.Unmarshal(raw, &g) != nil || g.Type == "" {
		inner := &reader{Decoder: json.NewDecoder(bytes.NewReader(raw)), box: d.box}
		inner.UseNumber()
		return inner.value(depth + 1)
	}
	positions := d.box.add(g.Coordinates)
	for _, member := range g.Geometries {
		positions += d.box.add(member.Coordinates)
	}
	text := g.Type
	if positions > 1 {
		text = fmt.Sprintf("%s (%d)", g.Type, positions)
	}
	return Value{Kind: Scalar, Text: text}, nil
}

// box is where geometries lie, longitude and latitude.
type box struct {
	west, south, east, north float64
	some                     bool
}

// add takes the coordinates of a geometry in. It returns how many positions there
// are.
func (b *box) add(coordinates []byte) (positions int) {
	d := json.NewDecoder(bytes.NewReader(coordinates))
	at := 0 // how many numbers of the position have been read
	var lon float64
	for {
		token, err := d.Token()
		if err != nil {
			return positions
		}
		v, number := token.(float64)
		switch {
		case !number:
			at = 0
			continue
		case at == 0:
			lon = v
		case at == 1:
			b.include(lon, v)
			positions++
		}
		at++
	}
}

func (b *box) include(lon, lat float64) {
	if !b.some {
		b.west, b.east, b.south, b.north, b.some = lon, lon, lat, lat, true
		return
	}
	b.west, b.east = min(b.west, lon), max(b.east, lon)
	b.south, b.north = min(b.south, lat), max(b.north, lat)
}

// view is the hash of the web map's address that shows the box in a map of some
// pixels; empty when the box is none in degrees.
func (b *box) view(pixels float64) string {
	if !b.some || b.west < -180 || b.east > 180 || b.south < -85 || b.north > 85 {
		return ""
	}
	const tilePixels, deepest = 512, 16
	stretch := math.Cos((b.south + b.north) / 2 * math.Pi / 180)
	wide := math.Max(math.Max(b.east-b.west, (b.north-b.south)/stretch), 1e-6)
	zoom := math.Min(math.Max(math.Log2(pixels*360/(tilePixels*wide)), 0), deepest)
	number := func(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }
	return "map=" + number(zoom, 2) + "/" + number((b.south+b.north)/2, 5) + "/" + number((b.west+b.east)/2, 5)
}

// member returns the one of a name, nil when there is none.
func (v *Value) member(name string) *Value {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// text returns the text of a scalar member.
func (v *Value) text(name string) string {
	if m := v.member(name); m != nil && (m.Kind == Scalar || m.Kind == Number) {
		return m.Text
	}
	return ""
}

// items returns those of an array, none of anything else.
func (v *Value) items() []Value {
	if v == nil {
		return nil
	}
	return v.Items
}

// numbers returns an array of numbers, nil when it is none.
func (v *Value) numbers() []float64 {
	var all []float64
	for _, item := range v.items() {
		n, err := strconv.ParseFloat(item.Text, 64)
		if err != nil {
			return nil
		}
		all = append(all, n)
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// replace puts a value into the place of a member.
func (v *Value) replace(name string, value Value) {
	if m := v.member(name); m != nil {
		*m = value
	}
}

func numberOf(v float64) Value {
	return Value{Kind: Number, Text: strconv.FormatFloat(v, 'f', -1, 64)}
}
