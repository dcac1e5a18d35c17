package osm

import (
	"errors"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// Errors that end the reading of a file.
var (
	ErrFormat    = errors.New("not a readable OSM file")
	ErrTruncated = errors.New("the file ends in the middle")
	ErrHistory   = errors.New("the file holds several versions of the same objects (history or change file)")
)

// Kind is the type of an OSM element.
type Kind uint8

// The kinds, numbered as in PBF files.
const (
	KindNode Kind = iota
	KindWay
	KindRelation
)

// String returns the word that element ids begin with.
func (k Kind) String() string {
	switch k {
	case KindNode:
		return "node"
	case KindWay:
		return "way"
	default:
		return "relation"
	}
}

func elementID(k Kind, id int64) string { return k.String() + "/" + strconv.FormatInt(id, 10) }

// Tag is one key and value.
type Tag struct{ Key, Value string }

// Tags are the tags of one element.
type Tags []Tag

// Find returns the value of a key, "" when it is absent.
func (t Tags) Find(key string) string {
	for i := range t {
		if t[i].Key == key {
			return t[i].Value
		}
	}
	return ""
}

// Place is a position in units of 1e-7 degrees, the precision of the OSM
// database, in 8 bytes.
type Place struct{ Lon, Lat int32 }

// Point returns degrees. Dividing integers gives the same float64 as parsing
// the decimal number, so PBF and XML agree to the last bit.
func (p Place) Point() orb.Point { return orb.Point{float64(p.Lon) / 1e7, float64(p.Lat) / 1e7} }

func (p Place) pack() uint64 { return uint64(uint32(p.Lon))<<32 | uint64(uint32(p.Lat)) }

func unpack(v uint64) Place { return Place{Lon: int32(v >> 32), Lat: int32(v)} }

// newPlace rounds degrees; false when they are no position on Earth.
func newPlace(lon, lat float64) (Place, bool) {
	if !(math.Abs(lon) <= 180 && math.Abs(lat) <= 90) {
		return Place{}, false
	}
	return Place{Lon: int32(math.Round(lon * 1e7)), Lat: int32(math.Round(lat * 1e7))}, true
}

// Node is an OSM node. Valid is false when its coordinates are no position.
type Node struct {
	ID    int64
	Place Place
	Valid bool
	Tags  Tags
}

// Way is an OSM way. Refs are node ids.
type Way struct {
	ID   int64
	Refs []int64
	Tags Tags
}

// Closed reports whether the way ends where it begins and encloses something.
func (w *Way) Closed() bool { return len(w.Refs) >= 4 && w.Refs[0] == w.Refs[len(w.Refs)-1] }

// Member is one member of a relation.
type Member struct {
	Kind Kind
	ID   int64
	Role string
}

// Relation is an OSM relation.
type Relation struct {
	ID      int64
	Members []Member
	Tags    Tags
}

// handler receives elements in file order. Elements whose function is nil are
// skipped without being decoded. The element and its slices are reused; strings
// may be kept.
type handler struct {
	node     func(*Node) error
	way      func(*Way) error
	relation func(*Relation) error
}
