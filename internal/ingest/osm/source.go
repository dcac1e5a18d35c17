package osm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// Reasons of problems.
const (
	ReasonValue       = "tag is not what its property promises"
	ReasonNodes       = "way refers to nodes that the file does not contain"
	ReasonPosition    = "coordinates out of range"
	ReasonNotClosed   = "area is not closed"
	ReasonMembers     = "relation refers to ways that the file does not contain"
	ReasonRings       = "rings of the relation do not close"
	ReasonRoles       = "inner and outer roles are swapped"
	ReasonNoSuchLayer = "the profile has no such layer"
)

// Source reads one OSM file through a profile. It is not safe for concurrent use.
type Source struct {
	file    feed.File
	xml     bool
	layers  []LayerProfile
	schemas []city.Layer
	limit   int // of node positions in memory
}

var _ feed.Source = (*Source)(nil)

// RecognisePBF reports whether head is the start of an OSM PBF file.
func RecognisePBF(head []byte) bool {
	return len(head) >= 16 && binary.BigEndian.Uint32(head) <= maxBlobHeader && bytes.Contains(head[4:16], []byte("OSMHeader"))
}

// RecogniseXML reports whether head is the start of an OSM XML file.
func RecogniseXML(head []byte) bool {
	return bytes.Contains(head[:min(len(head), 1024)], []byte("<osm")) && bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n"), []byte("<"))
}

// Open prepares to read a file. Only is the one layer of the profile to make;
// empty means all.
func Open(file feed.File, p *Profile, only city.LayerID) (*Source, error) {
	head, err := file.Head(1024)
	if err != nil {
		return nil, err
	}
	s := &Source{file: file, xml: RecogniseXML(head), limit: placesInMemory}
	if !s.xml && !RecognisePBF(head) {
		return nil, fmt.Errorf("read %s: %w", file.Path, ErrFormat)
	}
	for _, l := range p.Layers {
		if only == "" || l.Layer == only {
			s.layers = append(s.layers, l)
			s.schemas = append(s.schemas, l.Schema())
		}
	}
	if len(s.layers) == 0 {
		return nil, fmt.Errorf("layer %q: %s: %w", only, ReasonNoSuchLayer, ErrProfile)
	}
	return s, nil
}

// Schemas returns the layers of the profile, in its order.
func (s *Source) Schemas() []feed.Schema {
	out := make([]feed.Schema, len(s.schemas))
	for i := range s.schemas {
		out[i] = feed.Schema{Name: string(s.schemas[i].ID), Identifier: "id", CRS: "EPSG:4326", Declared: &s.schemas[i], Complete: true}
	}
	return out
}

// Close does nothing: the file is open only while it is read.
func (s *Source) Close() error { return nil }

// Read makes three passes over the file and visits what the profile selects.
func (s *Source) Read(ctx context.Context, v feed.Visitor) (err error) {
	t := &task{
		s: s, v: v, places: newPlaces(s.limit),
		networks: make([]*network, len(s.layers)),
		nodeTags: map[int64]Tags{}, members: map[int64][]int64{},
	}
	for i := range s.layers {
		if s.layers[i].Junctions != nil {
			t.networks[i] = newNetwork(s.layers[i].Junctions)
		}
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := t.pass(ctx, handler{relation: t.relation}); err != nil {
		return fmt.Errorf("relations: %w", err)
	}
	if err := t.pass(ctx, handler{node: t.node}); err != nil {
		return fmt.Errorf("nodes: %w", err)
	}
	if err := t.places.build(); err != nil {
		return err
	}
	if err := t.pass(ctx, handler{way: t.way}); err != nil {
		return fmt.Errorf("ways: %w", err)
	}
	if err := t.finishRelations(ctx); err != nil {
		return err
	}
	return t.finishJunctions(ctx)
}

// task is one reading of a file.
type task struct {
	s        *Source
	v        feed.Visitor
	places   *places
	networks []*network     // one a layer, nil where the layer has no junctions
	nodeTags map[int64]Tags // of nodes that the rules of junctions select

	relations []wantedRelation
	members   map[int64][]int64 // ways of wanted relations: nil until seen

	rec   feed.Record
	index int64
}

// wantedRelation is an area relation that some layer takes.
type wantedRelation struct {
	id     int64
	tags   Tags
	layers []int
	ways   []Member
}

func (t *task) close() error {
	err := t.places.close()
	for _, n := range t.networks {
		if n != nil {
			err = errors.Join(err, n.edges.Close())
		}
	}
	return err
}

// pass reads the file once.
func (t *task) pass(ctx context.Context, h handler) error {
	r, err := t.s.file.Open()
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // read only
	if t.s.xml {
		return decodeXML(ctx, r, h)
	}
	return decodePBF(ctx, r, h)
}

// relation keeps the area relations that some layer takes.
func (t *task) relation(r *Relation) error {
	if kind := r.Tags.Find("type"); kind != "multipolygon" && kind != "boundary" {
		return nil
	}
	var layers []int
	for i := range t.s.layers {
		if t.s.layers[i].match(fromArea, r.Tags) {
			layers = append(layers, i)
		}
	}
	if layers == nil {
		return nil
	}
	wanted := wantedRelation{id: r.ID, tags: slices.Clone(r.Tags), layers: layers}
	for _, m := range r.Members {
		// Boundaries also list label nodes, centres and sub-areas.
		if m.Kind == KindWay {
			wanted.ways = append(wanted.ways, m)
			t.members[m.ID] = nil
		}
	}
	t.relations = append(t.relations, wanted)
	return nil
}

func (t *task) node(n *Node) error {
	if !n.Valid {
		return t.problem("", elementID(KindNode, n.ID), ReasonPosition, "", feed.Skipped)
	}
	if err := t.places.add(n.ID, n.Place); err != nil {
		return err
	}
	if len(n.Tags) == 0 {
		return nil
	}
	t.keepNodeTags(n)
	for i := range t.s.layers {
		if t.s.layers[i].match(fromNode, n.Tags) {
			if err := t.record(i, elementID(KindNode, n.ID), n.Tags, n.Place.Point()); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepNodeTags keeps the tags of a node that junction layers may want.
func (t *task) keepNodeTags(n *Node) {
	for i, network := range t.networks {
		if network == nil || !anyHolds(network.rule.Nodes, n.Tags) {
			continue
		}
		for _, p := range t.s.layers[i].Properties {
			for _, key := range p.Tags {
				if value := n.Tags.Find(key); value != "" && t.nodeTags[n.ID].Find(key) == "" {
					t.nodeTags[n.ID] = append(t.nodeTags[n.ID], Tag{key, value})
				}
			}
		}
	}
}

func (t *task) way(w *Way) error {
	if _, wanted := t.members[w.ID]; wanted {
		t.members[w.ID] = slices.Clone(w.Refs)
	}
	if len(w.Tags) == 0 {
		return nil
	}
	for _, n := range t.networks {
		if n != nil {
			if err := n.add(w); err != nil {
				return err
			}
		}
	}
	var line orb.LineString // located once, for all layers
	missing := 0
	for i := range t.s.layers {
		l := &t.s.layers[i]
		asLine, asArea := l.match(fromWay, w.Tags), l.match(fromArea, w.Tags)
		if !asLine && !asArea {
			continue
		}
		if line == nil {
			var err error
			if line, missing, err = t.locate(w.Refs); err != nil {
				return err
			}
		}
		if err := t.wayOf(i, w, line, missing, asLine && !(asArea && w.Closed())); err != nil {
			return err
		}
	}
	return nil
}

// locate returns the positions of nodes and how many are not in the file.
func (t *task) locate(refs []int64) (line orb.LineString, missing int, err error) {
	line = make(orb.LineString, 0, len(refs))
	for _, ref := range refs {
		place, ok, err := t.places.find(ref)
		if err != nil {
			return nil, 0, err
		}
		if !ok {
			missing++
			continue
		}
		line = append(line, place.Point())
	}
	return line, missing, nil
}

// wayOf visits a way as a feature of one layer.
func (t *task) wayOf(layer int, w *Way, line orb.LineString, missing int, asLine bool) error {
	id, name := elementID(KindWay, w.ID), string(t.s.layers[layer].Layer)
	if missing > 0 {
		detail := fmt.Sprintf("%d of %d nodes are missing", missing, len(w.Refs))
		action := feed.Kept
		if !asLine || len(line) < 2 {
			action = feed.Skipped
		}
		if err := t.problem(name, id, ReasonNodes, detail, action); err != nil || action == feed.Skipped {
			return err
		}
	}
	if asLine {
		return t.record(layer, id, w.Tags, slices.Clone(line))
	}
	if !w.Closed() {
		return t.problem(name, id, ReasonNotClosed, fmt.Sprintf("%d nodes", len(w.Refs)), feed.Skipped)
	}
	return t.record(layer, id, w.Tags, orb.Polygon{orb.Ring(slices.Clone(line))})
}

// record visits one feature.
func (t *task) record(layer int, key string, tags Tags, g orb.Geometry) error {
	l := &t.s.layers[layer]
	t.index++
	t.rec.Reset()
	t.rec.Layer, t.rec.Key, t.rec.Geometry = string(l.Layer), key, g
	t.rec.At = feed.Position{ID: key}
	for i := range l.Properties {
		p := &l.Properties[i]
		value, err := p.value(tags)
		if err != nil {
			detail := fmt.Sprintf("%s: %v", p.Name, err)
			if err := t.problem(string(l.Layer), key, ReasonValue, detail, feed.Dropped); err != nil {
				return err
			}
		}
		t.rec.Add(p.Name, value)
	}
	return t.v.Record(&t.rec)
}

func (t *task) problem(layer, id, reason, detail string, action feed.Action) error {
	return t.v.Problem(feed.Problem{
		Layer: layer, At: feed.Position{ID: id}, Reason: reason, Detail: detail, Action: action,
	})
}

// finishRelations assembles the area relations.
func (t *task) finishRelations(ctx context.Context) error {
	for i := range t.relations {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.finishRelation(&t.relations[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *task) finishRelation(r *wantedRelation) error {
	id := elementID(KindRelation, r.id)
	report := func(reason, detail string, action feed.Action) error {
		for _, layer := range r.layers {
			if err := t.problem(string(t.s.layers[layer].Layer), id, reason, detail, action); err != nil {
				return err
			}
		}
		return nil
	}
	ways, missing := t.waysOf(r)
	rings, open := joinRings(ways)
	located, lost, err := t.locateRings(rings)
	if err != nil {
		return err
	}
	detail := fmt.Sprintf("%d of %d member ways and %d nodes are missing, %d ways do not close", missing, missing+len(ways), lost, len(open))
	polygons, swapped := group(located, missing > 0)
	outerOpen := slices.ContainsFunc(open, func(w memberWay) bool { return !w.inner })
	reason := ReasonRings
	if missing > 0 || lost > 0 {
		reason = ReasonMembers
	}
	switch {
	case len(polygons) == 0 || outerOpen || lost > 0:
		return report(reason, detail, feed.Skipped)
	case missing > 0 || len(open) > 0:
		// The outer rings that are there close; holes or other parts may lack.
		if err := report(reason, detail, feed.Kept); err != nil {
			return err
		}
	}
	if swapped > 0 {
		if err := report(ReasonRoles, fmt.Sprintf("%d of %d rings, taken by where they lie", swapped, len(located)), feed.Noted); err != nil {
			return err
		}
	}
	var g orb.Geometry = polygons
	if len(polygons) == 1 {
		g = polygons[0]
	}
	for _, layer := range r.layers {
		if err := t.record(layer, id, r.tags, orb.Clone(g)); err != nil {
			return err
		}
	}
	return nil
}

// waysOf returns the member ways that the file has, each once.
func (t *task) waysOf(r *wantedRelation) (ways []memberWay, missing int) {
	seen := make(map[int64]bool, len(r.ways))
	for _, m := range r.ways {
		if seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		refs := t.members[m.ID]
		if refs == nil {
			missing++
			continue
		}
		ways = append(ways, memberWay{id: m.ID, refs: refs, inner: m.Role == "inner"})
	}
	return ways, missing
}

// locateRings finds the positions of rings; lost counts missing nodes.
func (t *task) locateRings(rings []nodeRing) (out []ring, lost int, err error) {
	for _, r := range rings {
		line, missing, err := t.locate(r.refs)
		if err != nil {
			return nil, 0, err
		}
		lost += missing
		if missing == 0 && len(line) >= 4 {
			out = append(out, newRing(orb.Ring(line), r.inner))
		}
	}
	return out, lost, nil
}

// finishJunctions visits the nodes where the roads of each network meet.
func (t *task) finishJunctions(ctx context.Context) error {
	for i, n := range t.networks {
		if n == nil {
			continue
		}
		err := n.each(func(j *junction) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			id := elementID(KindNode, j.node)
			place, ok, err := t.places.find(j.node)
			if err != nil {
				return err
			}
			if !ok {
				return t.problem(string(t.s.layers[i].Layer), id, ReasonNodes, "the node of a junction is missing", feed.Skipped)
			}
			tags, err := j.tags(t.nodeTags[j.node])
			if err != nil {
				return err
			}
			return t.record(i, id, tags, place.Point())
		})
		if err != nil {
			return err
		}
	}
	return nil
}
