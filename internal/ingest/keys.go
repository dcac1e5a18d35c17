package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/ingest/extsort"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// keyCheck learns whether a way of keying features is unique in a file. Keys
// are held as 64-bit hashes, on disk when they are many. Two different keys
// with one hash (chance 1 in 40 million for a million features) are merely
// remembered by name later, not mistaken for each other.
type keyCheck struct {
	sorter  extsort.Sorter
	missing int64 // features without it
	// twice holds the hashes that occur more than once, after finish.
	twice map[uint64]bool
}

func (k *keyCheck) observe(key string) error {
	if key == "" {
		k.missing++
		return nil
	}
	return k.sorter.Add(extsort.Record{Key: hash64(key)})
}

func (k *keyCheck) finish() error {
	k.twice = map[uint64]bool{}
	var previous uint64
	started := false
	err := k.sorter.Each(func(r extsort.Record) error {
		if started && r.Key == previous {
			k.twice[r.Key] = true
		}
		previous, started = r.Key, true
		return nil
	})
	if err != nil {
		return err
	}
	return k.sorter.Close()
}

// unique reports that every one of n features has a key of its own.
func (k *keyCheck) unique() bool { return k.missing == 0 && len(k.twice) == 0 }

// hash64 is FNV-1a, written out because hash/fnv allocates.
func hash64(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// repeats counts the keys that occur more than once.
type repeats struct {
	check *keyCheck // nil: keys are known to be unique
	seen  map[string]int64
}

func newRepeats(check *keyCheck) *repeats { return &repeats{check: check, seen: map[string]int64{}} }

// nth says how often the key has come up, with this time: 1 for the first.
func (r *repeats) nth(key string) int64 {
	if r.check == nil || !r.check.twice[hash64(key)] {
		return 1
	}
	r.seen[key]++
	return r.seen[key]
}

// naturalKey is the property that key, Options.Key, means in the file, or the
// identifier that the file itself gives, or, when key is empty, a hash of all that
// the feature is. The prefix h: keeps it apart from identifiers.
func naturalKey(r *feed.Record, key, property string, d *digest) (natural string, hashed bool) {
	switch {
	case property != "":
		return propertyText(r, property), false
	case key != "" || r.Key != "":
		return r.Key, false
	default:
		return d.of(r), true
	}
}

// propertyText returns a property as text, "" when it is null or absent. One
// that differs by case only stands for one that is not there.
func propertyText(r *feed.Record, name string) string {
	like := -1
	for i := range r.Fields {
		if r.Fields[i].Name == name {
			return r.Fields[i].Value.String()
		}
		if like < 0 && strings.EqualFold(r.Fields[i].Name, name) {
			like = i
		}
	}
	if like < 0 {
		return ""
	}
	return r.Fields[like].Value.String()
}

const hashPrefix = "h:"

// numbered makes the key of the n-th of several features that are the same.
func numbered(key string, n int64) string {
	if n <= 1 {
		return key
	}
	return key + "#" + strconv.FormatInt(n, 10)
}

// digest hashes records: geometry bit by bit and properties in the order of
// their names, so that the order of properties in a file does not matter. The
// form is fixed for ever, since keys in stores are made of it.
type digest struct {
	hash   hash.Hash
	buffer []byte
	order  []int
}

func newDigest() *digest { return &digest{hash: sha256.New()} }

func (d *digest) of(r *feed.Record) string {
	d.hash.Reset()
	d.buffer = appendGeometry(d.buffer[:0], r.Geometry)
	d.order = d.order[:0]
	for i := range r.Fields {
		d.order = append(d.order, i)
	}
	slices.SortFunc(d.order, func(a, b int) int { return strings.Compare(r.Fields[a].Name, r.Fields[b].Name) })
	for _, i := range d.order {
		f := &r.Fields[i]
		if f.Value.IsNull() {
			continue
		}
		d.buffer = append(d.buffer, 0xFF)
		d.buffer = append(d.buffer, f.Name...)
		d.buffer = append(d.buffer, 0xFE, byte(f.Value.Kind()))
		d.buffer = f.Value.AppendText(d.buffer)
	}
	_, _ = d.hash.Write(d.buffer) // a hash never fails
	var sum [sha256.Size]byte
	return hashPrefix + hex.EncodeToString(d.hash.Sum(sum[:0])[:12])
}

func appendGeometry(b []byte, g orb.Geometry) []byte {
	if g == nil {
		return append(b, "null"...)
	}
	b = append(b, g.GeoJSONType()...)
	switch g := g.(type) {
	case orb.Point:
		return appendPoints(b, []orb.Point{g})
	case orb.MultiPoint:
		return appendPoints(b, g)
	case orb.LineString:
		return appendPoints(b, g)
	case orb.Ring:
		return appendPoints(b, g)
	case orb.MultiLineString:
		for _, l := range g {
			b = appendPoints(b, l)
		}
	case orb.Polygon:
		for _, r := range g {
			b = appendPoints(b, r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			b = appendGeometry(b, p)
		}
	case orb.Collection:
		for _, part := range g {
			b = appendGeometry(b, part)
		}
	}
	return b
}

func appendPoints(b []byte, points []orb.Point) []byte {
	b = binary.AppendUvarint(b, uint64(len(points)))
	for _, p := range points {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}
