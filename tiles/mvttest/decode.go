package mvttest

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// ErrInvalid is wrapped by every error of Decode.
var ErrInvalid = errors.New("not a valid vector tile")

// Type is the geometry type of a feature.
type Type uint8

// The geometry types of the specification, by their numbers.
const (
	Unknown Type = iota
	Point
	LineString
	Polygon
)

// Tile is a decoded tile.
type Tile struct {
	Layers []Layer
}

// Layer returns the named layer, or nil.
func (t *Tile) Layer(name string) *Layer {
	for i := range t.Layers {
		if t.Layers[i].Name == name {
			return &t.Layers[i]
		}
	}
	return nil
}

// Layer is one layer. Values hold string, float32, float64, int64, uint64 and
// bool, as encoded (sint values are int64).
type Layer struct {
	Name     string
	Version  uint32 // 1 or 2
	Extent   uint32
	Keys     []string
	Values   []any
	Features []Feature
}

// Feature is one feature. According to Type one of Points, Lines and Polygons
// is filled; Raw holds the commands of features of unknown type.
type Feature struct {
	ID       uint64
	HasID    bool
	Type     Type
	Tags     map[string]any
	Points   []XY
	Lines    [][]XY
	Polygons [][][]XY // exterior, then holes; closing vertex left out
	Raw      []uint32
}

// XY is a position in tile coordinates, y down.
type XY struct{ X, Y int64 }

// Decode reads a tile, uncompressed. Every rule of the 2.1 specification that
// one feature alone can break is checked, except the self-intersection of
// rings (see Feature.Check for that); version 1 layers are held to the rules
// of version 1.
func Decode(data []byte) (*Tile, error) {
	tile := &Tile{}
	seen := map[string]bool{}
	for r := (reader{data}); r.more(); {
		f, err := r.next()
		if err == nil && f.id != 3 && f.id < 16 {
			err = fmt.Errorf("field %d is not in the specification", f.id)
		}
		if err == nil && f.id == 3 {
			err = f.want(wireBytes)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: tile: %w", ErrInvalid, err)
		}
		if f.id != 3 {
			continue // extensions
		}
		layer, err := decodeLayer(f.bytes)
		if err == nil && seen[layer.Name] {
			err = errors.New("second layer of this name")
		}
		if err != nil {
			return nil, fmt.Errorf("%w: layer %d %q: %w", ErrInvalid, len(tile.Layers), layer.Name, err)
		}
		seen[layer.Name] = true
		tile.Layers = append(tile.Layers, layer)
	}
	return tile, nil
}

func decodeLayer(b []byte) (Layer, error) {
	layer := Layer{Extent: 4096}
	var features [][]byte
	count := map[uint64]int{}
	for r := (reader{b}); r.more(); {
		f, err := r.next()
		if err == nil {
			count[f.id]++
			features, err = layer.set(f, features)
		}
		if err != nil {
			return layer, err
		}
	}
	switch {
	case count[15] != 1:
		return layer, fmt.Errorf("%d version fields", count[15])
	case layer.Version != 1 && layer.Version != 2:
		return layer, fmt.Errorf("version %d", layer.Version)
	case count[1] != 1 || layer.Name == "":
		return layer, fmt.Errorf("%d name fields, name %q", count[1], layer.Name)
	case count[5] > 1 || layer.Extent == 0:
		return layer, fmt.Errorf("%d extent fields, extent %d", count[5], layer.Extent)
	}
	for i, b := range features {
		f, err := layer.decodeFeature(b)
		if err != nil {
			return layer, fmt.Errorf("feature %d: %w", i, err)
		}
		layer.Features = append(layer.Features, f)
	}
	return layer, nil
}

// set stores one field of the layer; features wait until keys and values are
// complete.
func (l *Layer) set(f field, features [][]byte) ([][]byte, error) {
	wire := uint64(wireBytes)
	if f.id == 5 || f.id == 15 {
		wire = wireVarint
	}
	if f.id < 16 {
		if err := f.want(wire); err != nil {
			return features, err
		}
	}
	switch f.id {
	case 1:
		l.Name = string(f.bytes)
		return features, text(f.bytes)
	case 2:
		return append(features, f.bytes), nil
	case 3:
		l.Keys = append(l.Keys, string(f.bytes))
		return features, text(f.bytes)
	case 4:
		v, err := decodeValue(f.bytes)
		if err != nil {
			return features, fmt.Errorf("value %d: %w", len(l.Values), err)
		}
		l.Values = append(l.Values, v)
	case 5, 15:
		if f.number > math.MaxUint32 {
			return features, fmt.Errorf("field %d: %d is no uint32", f.id, f.number)
		}
		if f.id == 5 {
			l.Extent = uint32(f.number)
		} else {
			l.Version = uint32(f.number)
		}
	default:
		if f.id < 16 {
			return features, fmt.Errorf("field %d is not in the specification", f.id)
		}
	}
	return features, nil
}

func text(b []byte) error {
	if !utf8.Valid(b) {
		return fmt.Errorf("text %q is not UTF-8", b)
	}
	return nil
}

func decodeValue(b []byte) (any, error) {
	var value any
	for r := (reader{b}); r.more(); {
		f, err := r.next()
		if err != nil {
			return nil, err
		}
		if value != nil {
			return nil, errors.New("more than one value")
		}
		wires := [...]uint64{1: wireBytes, 2: wireFixed32, 3: wireFixed64, 4: wireVarint, 5: wireVarint, 6: wireVarint, 7: wireVarint}
		if f.id >= uint64(len(wires)) {
			return nil, fmt.Errorf("field %d is no type of value", f.id)
		}
		if err := f.want(wires[f.id]); err != nil {
			return nil, err
		}
		switch f.id {
		case 1:
			value, err = string(f.bytes), text(f.bytes)
		case 2:
			value = math.Float32frombits(uint32(f.number))
		case 3:
			value = math.Float64frombits(f.number)
		case 4:
			value = int64(f.number)
		case 5:
			value = f.number
		case 6:
			value = int64(f.number>>1) ^ -int64(f.number&1)
		case 7:
			if f.number > 1 {
				err = fmt.Errorf("bool %d", f.number)
			}
			value = f.number == 1
		}
		if err != nil {
			return nil, err
		}
	}
	if value == nil {
		return nil, errors.New("no value")
	}
	return value, nil
}

func (l *Layer) decodeFeature(b []byte) (Feature, error) {
	var f Feature
	var tags, geometry []uint32
	count := [5]int{}
	for r := (reader{b}); r.more(); {
		p, err := r.next()
		if err != nil {
			return f, err
		}
		if p.id > 4 {
			return f, fmt.Errorf("field %d is not in the specification", p.id)
		}
		count[p.id]++
		if err := p.want([...]uint64{1: wireVarint, 2: wireBytes, 3: wireVarint, 4: wireBytes}[p.id]); err != nil {
			return f, err
		}
		switch p.id {
		case 1:
			f.ID, f.HasID = p.number, true
		case 2:
			tags, err = uint32s(p.bytes)
		case 3:
			if p.number > uint64(Polygon) {
				return f, fmt.Errorf("geometry type %d", p.number)
			}
			f.Type = Type(p.number)
		case 4:
			geometry, err = uint32s(p.bytes)
		}
		if err != nil {
			return f, fmt.Errorf("field %d: %w", p.id, err)
		}
	}
	if count[1] > 1 || count[2] > 1 || count[3] != 1 || count[4] != 1 {
		return f, fmt.Errorf("%d id, %d tags, %d type and %d geometry fields", count[1], count[2], count[3], count[4])
	}
	if err := l.resolve(&f, tags); err != nil {
		return f, err
	}
	return f, f.decodeGeometry(geometry, l.Version)
}

// resolve looks tags up.
func (l *Layer) resolve(f *Feature, tags []uint32) error {
	if len(tags)%2 != 0 {
		return fmt.Errorf("%d tags, want pairs", len(tags))
	}
	f.Tags = make(map[string]any, len(tags)/2)
	seen := map[uint32]bool{}
	for i := 0; i < len(tags); i += 2 {
		k, v := tags[i], tags[i+1]
		if int64(k) >= int64(len(l.Keys)) || int64(v) >= int64(len(l.Values)) {
			return fmt.Errorf("tag %d, %d among %d keys and %d values", k, v, len(l.Keys), len(l.Values))
		}
		if seen[k] && l.Version >= 2 {
			return fmt.Errorf("key %q twice", l.Keys[k])
		}
		seen[k] = true
		f.Tags[l.Keys[k]] = l.Values[v]
	}
	return nil
}
