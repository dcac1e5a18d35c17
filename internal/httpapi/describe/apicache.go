package describe

import (
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// maxDescriptions is how many descriptions of the API are kept: those of one
// or two versions of the layers, for hosts and roles, in two languages. One takes half
// a megabyte, and a fifth of that in each coding that was asked for.
const maxDescriptions = 8

// descriptionKey is what a description of the API depends on, the layers aside.
type descriptionKey struct {
	base           string // of links
	older          bool   // OpenAPI 3.0
	lang           media.Language
	layer, feature string // of examples
}

// description is one that was made. It does not change, but for the codings that
// are added.
type description struct {
	key    descriptionKey
	layers []*city.Layer // as they are shared by all versions that do not redefine them
	body   []byte
	coded  [coding.Count]atomic.Pointer[coding.Payload]
}

// descriptions keeps the newest descriptions, since making one takes 10 ms and
// compressing it a few more. Readers take no lock: the list is replaced as a whole,
// the newest first. Who finds none makes one; two who do so at once make two, of
// which one stays.
type descriptions struct {
	list atomic.Pointer[[]*description]
}

func (d *description) is(key descriptionKey, layers []*city.Layer) bool {
	return d.key == key && slices.Equal(d.layers, layers)
}

// find returns a description that is kept, or nil.
func (ds *descriptions) find(key descriptionKey, layers []*city.Layer) *description {
	list := ds.list.Load()
	if list == nil {
		return nil
	}
	for _, d := range *list {
		if d.is(key, layers) {
			return d
		}
	}
	return nil
}

// keep adds a description in the place of the oldest.
func (ds *descriptions) keep(d *description) {
	for {
		old := ds.list.Load()
		list := []*description{d}
		if old != nil {
			for _, other := range *old {
				if len(list) < maxDescriptions && !other.is(d.key, d.layers) {
					list = append(list, other)
				}
			}
		}
		if ds.list.CompareAndSwap(old, &list) {
			return
		}
	}
}

// payload returns a description in a coding, coding it once.
func (d *description) payload(codecs *coding.Codecs, c coding.Coding) *coding.Payload {
	if p := d.coded[c].Load(); p != nil {
		return p
	}
	p := &coding.Payload{Body: d.body, Coding: c, ETag: []string{coding.ETag(d.body, c)}}
	if c != coding.Identity {
		p.Body = codecs.Append(nil, d.body, c)
	}
	p.Length = []string{strconv.Itoa(len(p.Body))}
	d.coded[c].Store(p)
	return p
}
