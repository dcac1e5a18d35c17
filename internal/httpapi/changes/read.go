package changes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// maxScanned is how many versions one page of change sets looks at: of most of
// them the client may not be told, or it asks for a layer that they leave alone.
const maxScanned = 1000

// changesetDocument is one version in a list.
type changesetDocument struct {
	Version city.Version   `json:"version"`
	At      string         `json:"at"`
	Author  string         `json:"author,omitempty"`
	Message string         `json:"message,omitempty"`
	Layers  []city.LayerID `json:"layers"`         // those that it touched
	Lost    bool           `json:"lost,omitempty"` // what it changed is not in the record any more
	Links   []edge.Link    `json:"links"`
}

// changesets answers GET /changesets?after=&limit=&layer=: versions after one,
// oldest first, so that whoever follows the next link misses none.
func (x request) changesets() error {
	q := x.Read()
	after, _ := q.Integer("after")
	limit := q.IntegerOr("limit", x.config.DefaultPage)
	layer, byLayer := q.Get("layer")
	if err := q.Problem(); err != nil {
		return err
	}
	if byLayer {
		if _, err := x.View.Layer(layer); err != nil {
			return err
		}
	}
	ctx, cancel := x.Within()
	defer cancel()
	found, last, more, err := x.scan(ctx, city.Version(after), limit, city.LayerID(layer))
	if err != nil {
		return err
	}
	self := x.Base() + "/changesets?limit=" + strconv.Itoa(limit)
	if byLayer {
		self += "&layer=" + url.QueryEscape(layer)
	}
	links := []edge.Link{{Href: self + "&after=" + strconv.Itoa(after), Rel: "self", Type: media.TypeJSON}}
	if more {
		links = append(links, edge.Link{Href: self + "&after=" + strconv.FormatInt(int64(last), 10), Rel: "next", Type: media.TypeJSON})
	}
	return x.SendJSON(struct {
		Changesets []changesetDocument `json:"changesets"`
		Links      []edge.Link         `json:"links"`
	}{found, links})
}

// scan returns up to limit versions after one of which the client may be told;
// the last that it looked at, and whether there may be more.
func (x request) scan(ctx context.Context, after city.Version, limit int, layer city.LayerID) (found []changesetDocument, last city.Version, more bool, err error) {
	found, last = []changesetDocument{}, after
	for scanned := 0; scanned < maxScanned; {
		batch := min(limit, 100)
		entries, err := x.changer.Entries(ctx, last, batch)
		if err != nil {
			return nil, 0, false, err
		}
		for i := range entries {
			last = entries[i].Set.Version
			if d, ok := x.describe(&entries[i]); ok && (layer == "" || slices.Contains(d.Layers, layer)) {
				found = append(found, d)
			}
			if len(found) == limit {
				return found, last, i+1 < len(entries) || last < x.View.State.Version(), nil
			}
		}
		if len(entries) < batch {
			return found, last, false, nil
		}
		scanned += len(entries)
	}
	return found, last, true, nil
}

// describe tells of a version what the client may know; ok is false when that is
// nothing.
func (x request) describe(e *twin.Entry) (d changesetDocument, ok bool) {
	d = changesetDocument{Version: e.Set.Version, At: edge.Moment(e.Set.At), Layers: []city.LayerID{}, Lost: e.Lost}
	hidden := (e.Lost || len(e.Layers) == 0) && x.View.Partial() // of what, nobody knows
	for i := range e.Layers {
		if x.maySeeBoth(e, i) {
			d.Layers = append(d.Layers, e.Layers[i].ID)
		} else {
			hidden = true
		}
	}
	if !hidden { // a message may name what is hidden
		d.Author, d.Message = e.Set.Author, e.Set.Message
	}
	d.Links = []edge.Link{{Href: x.Base() + "/changesets/" + strconv.FormatInt(int64(d.Version), 10), Rel: "self", Type: media.TypeJSON}}
	return d, !hidden || len(d.Layers) > 0
}

// maySee reports whether the client may know of a layer that is or was. One that
// nobody can describe any more only an admin may.
func (x request) maySee(l *city.Layer) bool {
	return l.VisibleAt(x.Who.Role) && l.Geometry != "" || x.Who.MayAdmin()
}

// maySeeBoth is maySee of a layer that a version touched, as it is now and as it was
// then: another may have its name by now, or it may have been private.
func (x request) maySeeBoth(e *twin.Entry, i int) bool {
	return x.maySee(&e.Layers[i]) && x.maySee(&e.Then[i])
}

// entryAsked returns the version that the path names, if the client may be told.
func (x request) entryAsked(ctx context.Context) (*twin.Entry, error) {
	text := x.PathParameter("version")
	v, err := strconv.ParseInt(text, 10, 64)
	if err == nil && v > 0 {
		entries, err := x.changer.Entries(ctx, city.Version(v-1), 1)
		if err != nil {
			return nil, err
		}
		if len(entries) == 1 && entries[0].Set.Version == city.Version(v) {
			if _, ok := x.describe(&entries[0]); ok {
				return &entries[0], nil
			}
		}
	}
	return nil, problem.New(404, "unknown-version", "No such version", fmt.Sprintf("There is no change set %q.", problem.Clip(text)))
}

// changeset answers GET /changesets/{version}?after=&limit=&layer=: who, when,
// why, and what, feature by feature before and after.
func (x request) changeset() error {
	q := x.Read()
	limit := q.IntegerOr("limit", x.config.DefaultPage)
	only, _ := q.Get("layer")
	from := place{layer: city.LayerID(only)}
	if text, ok := q.Get("after"); ok {
		var err error
		if from, err = parsePlace(text); err != nil {
			q.Mistake(problem.Mistake{Parameter: "after", Value: problem.Clip(text), Expected: "a layer and an id, such as roads/17", Detail: err.Error()})
		}
	}
	if err := q.Problem(); err != nil {
		return err
	}
	ctx, cancel := x.Within()
	defer cancel()
	e, err := x.entryAsked(ctx)
	if err != nil {
		return err
	}
	d, _ := x.describe(e)
	head, err := x.changesetHead(e, d)
	if err != nil {
		return err
	}
	x.Buf = append(x.Buf[:0], head...)
	x.Buf = append(x.Buf, `,"changes":[`...)
	next, more, err := x.appendRevisions(ctx, e, from, limit, city.LayerID(only))
	if err != nil {
		return err
	}
	x.Buf = append(x.Buf, `],"links":[`...)
	self := d.Links[0].Href
	x.AppendLink(self, "self", media.TypeJSON)
	if more {
		x.Buf = append(x.Buf, ',')
		address := fmt.Sprintf("%s?limit=%d&after=%s", self, limit, url.QueryEscape(next.String()))
		if only != "" {
			address += "&layer=" + url.QueryEscape(only)
		}
		x.AppendLink(address, "next", media.TypeJSON)
	}
	x.Buf = append(x.Buf, "]}\n"...)
	return x.Send(x.Fixed.JSON)
}

// changesetHead returns the document up to its changes, not closed.
func (x request) changesetHead(e *twin.Entry, d changesetDocument) ([]byte, error) {
	type definition struct {
		Layer  city.LayerID `json:"layer"`
		Before *city.Layer  `json:"before"`
		After  *city.Layer  `json:"after"`
	}
	definitions := []definition{}
	for _, r := range e.Set.Definitions {
		if slices.Contains(d.Layers, r.ID) && (r.Before == nil || x.maySee(r.Before)) && (r.After == nil || x.maySee(r.After)) {
			definitions = append(definitions, definition{r.ID, published(r.Before), published(r.After)})
		}
	}
	x.Buf = x.Buf[:0]
	err := x.Encode(struct {
		Version     city.Version   `json:"version"`
		At          string         `json:"at"`
		Author      string         `json:"author,omitempty"`
		Message     string         `json:"message,omitempty"`
		Layers      []city.LayerID `json:"layers"`
		Lost        bool           `json:"lost,omitempty"`
		Definitions []definition   `json:"definitions"`
	}{d.Version, d.At, d.Author, d.Message, d.Layers, d.Lost, definitions})
	head := slices.Clone(x.Buf)
	return head[:max(0, len(head)-len("}\n"))], err
}

// place is where a page of revisions begins: after a feature of a layer.
type place struct {
	layer city.LayerID
	id    int64
}

// String is the inverse of parsePlace.
func (p place) String() string { return string(p.layer) + "/" + strconv.FormatInt(p.id, 10) }

func parsePlace(text string) (place, error) {
	layer, id, _ := strings.Cut(text, "/")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return place{}, errors.New("is no place in a change set")
	}
	return place{city.LayerID(layer), n}, nil
}

// appendRevisions appends what a version changed after a place, in layers that
// the client may see; of one layer only, unless that is empty.
func (x request) appendRevisions(ctx context.Context, e *twin.Entry, from place, limit int, only city.LayerID) (last place, more bool, err error) {
	if e.Lost {
		return from, false, nil
	}
	layers := map[city.LayerID]*city.Layer{}
	for i := range e.Layers {
		if l := &e.Layers[i]; x.maySeeBoth(e, i) && (only == "" || only == l.ID) {
			layers[l.ID] = l
		}
	}
	n := 0
	err = x.changer.Revisions(ctx, e.Set.Version, from.layer, from.id, func(r *city.Revision) error {
		l := layers[r.Layer]
		if l == nil {
			return twin.ErrSkipLayer
		}
		if r.Was != nil && !x.maySee(r.Was) || r.Is != nil && !x.maySee(r.Is) {
			return nil // of another that had the name in the same version
		}
		if n == limit || len(x.Buf) > x.PageBytes() {
			more = true
			return errPageFull
		}
		if n > 0 {
			x.Buf = append(x.Buf, ',')
		}
		x.appendRevision(l, r)
		n, last = n+1, place{r.Layer, r.ID}
		return nil
	})
	if errors.Is(err, errPageFull) {
		err = nil
	}
	return last, more, err
}

func (x request) appendRevision(l *city.Layer, r *city.Revision) {
	x.Buf = append(x.Buf, `{"layer":`...)
	x.Buf = city.AppendJSONString(x.Buf, string(r.Layer))
	x.Buf = append(x.Buf, `,"id":`...)
	x.Buf = strconv.AppendInt(x.Buf, r.ID, 10)
	x.Buf = append(x.Buf, `,"before":`...)
	x.Buf = appendState(x.Buf, cmp.Or(r.Was, l), r.Before)
	x.Buf = append(x.Buf, `,"after":`...)
	x.Buf = appendState(x.Buf, cmp.Or(r.Is, l), r.After)
	x.Buf = append(x.Buf, '}')
}

// appendState appends a feature that may be of the past, or null. Properties that
// are null are left out.
func appendState(dst []byte, l *city.Layer, f *city.Feature) []byte {
	if f == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, `{"type":"Feature","id":`...)
	dst = strconv.AppendInt(dst, f.ID, 10)
	dst = append(dst, `,"geometry":`...)
	dst = geojson.AppendGeometry(dst, f.Geometry)
	dst = append(dst, `,"properties":{`...)
	separator := ""
	for i := range l.Properties {
		v := f.Value(i)
		if v.IsNull() {
			continue
		}
		dst = append(dst, separator...)
		dst = city.AppendJSONString(dst, l.Properties[i].Name)
		dst = append(dst, ':')
		dst = v.AppendJSON(dst)
		separator = ","
	}
	return append(dst, "}}"...)
}
