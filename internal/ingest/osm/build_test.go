package osm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"html"
	"strings"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// This file writes OSM files for tests, in both formats, from one description.

type world struct {
	nodes     []Node
	ways      []Way
	relations []Relation
}

func tags(pairs ...string) Tags {
	var out Tags
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, Tag{pairs[i], pairs[i+1]})
	}
	return out
}

func (w *world) node(id int64, lon, lat float64, pairs ...string) {
	place, valid := newPlace(lon, lat)
	w.nodes = append(w.nodes, Node{ID: id, Place: place, Valid: valid, Tags: tags(pairs...)})
}

func (w *world) way(id int64, refs []int64, pairs ...string) {
	w.ways = append(w.ways, Way{ID: id, Refs: refs, Tags: tags(pairs...)})
}

func (w *world) relation(id int64, members []Member, pairs ...string) {
	w.relations = append(w.relations, Relation{ID: id, Members: members, Tags: tags(pairs...)})
}

func (w *world) xml() []byte {
	var b strings.Builder
	b.WriteString("<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n")
	writeTags := func(t Tags) {
		for _, tag := range t {
			fmt.Fprintf(&b, "<tag k=\"%s\" v=\"%s\"/>", html.EscapeString(tag.Key), html.EscapeString(tag.Value))
		}
	}
	for _, n := range w.nodes {
		p := n.Place.Point()
		fmt.Fprintf(&b, "<node id=\"%d\" lon=\"%.7f\" lat=\"%.7f\">", n.ID, p[0], p[1])
		writeTags(n.Tags)
		b.WriteString("</node>\n")
	}
	for _, way := range w.ways {
		fmt.Fprintf(&b, "<way id=\"%d\">", way.ID)
		for _, ref := range way.Refs {
			fmt.Fprintf(&b, "<nd ref=\"%d\"/>", ref)
		}
		writeTags(way.Tags)
		b.WriteString("</way>\n")
	}
	for _, r := range w.relations {
		fmt.Fprintf(&b, "<relation id=\"%d\">", r.ID)
		for _, m := range r.Members {
			fmt.Fprintf(&b, "<member type=\"%s\" ref=\"%d\" role=\"%s\"/>", m.Kind, m.ID, m.Role)
		}
		writeTags(r.Tags)
		b.WriteString("</relation>\n")
	}
	b.WriteString("</osm>\n")
	return []byte(b.String())
}

// message is a protocol buffer in the making.
type message []byte

func (m *message) varint(field int, v uint64) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3)
	*m = binary.AppendUvarint(*m, v)
}

func (m *message) bytes(field int, b []byte) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3|2)
	*m = binary.AppendUvarint(*m, uint64(len(b)))
	*m = append(*m, b...)
}

func zigzag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

// deltas packs numbers as differences.
func deltas(numbers []int64) []byte {
	var out []byte
	last := int64(0)
	for _, n := range numbers {
		out = binary.AppendUvarint(out, zigzag(n-last))
		last = n
	}
	return out
}

func packed(numbers []uint64) []byte {
	var out []byte
	for _, n := range numbers {
		out = binary.AppendUvarint(out, n)
	}
	return out
}

type stringTable struct {
	index map[string]uint64
	texts []string
}

func (s *stringTable) of(text string) uint64 {
	i, ok := s.index[text]
	if !ok {
		i = uint64(len(s.texts))
		s.index[text] = i
		s.texts = append(s.texts, text)
	}
	return i
}

func (s *stringTable) tags(m *message, t Tags) {
	var keys, values []uint64
	for _, tag := range t {
		keys, values = append(keys, s.of(tag.Key)), append(values, s.of(tag.Value))
	}
	if len(keys) > 0 {
		m.bytes(2, packed(keys))
		m.bytes(3, packed(values))
	}
}

// pbf writes the world; compression is none, zlib or zstd, dense says how
// nodes are stored.
func (w *world) pbf(compression string, dense bool) []byte {
	table := &stringTable{index: map[string]uint64{"": 0}, texts: []string{""}}
	var groups []message
	if dense {
		groups = append(groups, w.denseGroup(table))
	} else {
		var group message
		for _, n := range w.nodes {
			var m message
			m.varint(1, zigzag(n.ID))
			table.tags(&m, n.Tags)
			m.varint(8, zigzag(int64(n.Place.Lat)))
			m.varint(9, zigzag(int64(n.Place.Lon)))
			group.bytes(1, m)
		}
		groups = append(groups, group)
	}
	var group message
	for _, way := range w.ways {
		var m message
		m.varint(1, uint64(way.ID))
		table.tags(&m, way.Tags)
		m.bytes(8, deltas(way.Refs))
		group.bytes(3, m)
	}
	groups = append(groups, group, w.relationGroup(table))
	var texts, block message
	for _, t := range table.texts {
		texts.bytes(1, []byte(t))
	}
	for _, g := range groups {
		block.bytes(2, g)
	}
	block.bytes(1, texts)
	var header message
	header.bytes(4, []byte("OsmSchema-V0.6"))
	header.bytes(4, []byte("DenseNodes"))
	return append(blob("OSMHeader", header, "none"), blob("OSMData", block, compression)...)
}

func (w *world) denseGroup(table *stringTable) message {
	var ids, lats, lons []int64
	var keys []uint64
	for _, n := range w.nodes {
		ids, lats, lons = append(ids, n.ID), append(lats, int64(n.Place.Lat)), append(lons, int64(n.Place.Lon))
		for _, tag := range n.Tags {
			keys = append(keys, table.of(tag.Key), table.of(tag.Value))
		}
		keys = append(keys, 0)
	}
	var m, group message
	m.bytes(1, deltas(ids))
	m.bytes(8, deltas(lats))
	m.bytes(9, deltas(lons))
	m.bytes(10, packed(keys))
	group.bytes(2, m)
	return group
}

func (w *world) relationGroup(table *stringTable) message {
	var group message
	for _, r := range w.relations {
		var m message
		m.varint(1, uint64(r.ID))
		table.tags(&m, r.Tags)
		var roles, kinds []uint64
		var ids []int64
		for _, member := range r.Members {
			roles, kinds, ids = append(roles, table.of(member.Role)), append(kinds, uint64(member.Kind)), append(ids, member.ID)
		}
		m.bytes(8, packed(roles))
		m.bytes(9, deltas(ids))
		m.bytes(10, packed(kinds))
		group.bytes(4, m)
	}
	return group
}

func blob(kind string, data []byte, compression string) []byte {
	var m, header message
	switch compression {
	case "zlib":
		var out bytes.Buffer
		z := zlib.NewWriter(&out)
		_, _ = z.Write(data)
		_ = z.Close()
		m.varint(2, uint64(len(data)))
		m.bytes(3, out.Bytes())
	case "zstd":
		z, _ := zstd.NewWriter(nil)
		m.varint(2, uint64(len(data)))
		m.bytes(7, z.EncodeAll(data, nil))
	default:
		m.bytes(1, data)
	}
	header.bytes(1, []byte(kind))
	header.varint(3, uint64(len(m)))
	out := binary.BigEndian.AppendUint32(nil, uint32(len(header)))
	return append(append(out, header...), m...)
}
