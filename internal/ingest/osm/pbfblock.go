package osm

import (
	"fmt"
	"strings"
)

// pbfBlock decodes one block of elements at a time and keeps its memory.
type pbfBlock struct {
	h handler

	table       [][]byte
	strings     []string // table as text, converted on first use
	groups      [][]byte
	granularity int64
	latOffset   int64
	lonOffset   int64

	node     Node
	way      Way
	relation Relation
	// columns of the element or dense group that is being decoded
	ids, lats, lons, keys, values []byte
}

func (p *pbfBlock) decode(data []byte) error {
	p.table, p.strings, p.groups = p.table[:0], p.strings[:0], p.groups[:0]
	p.granularity, p.latOffset, p.lonOffset = 100, 0, 0
	w := &wire{b: data}
	err := w.each(func(field, kind int) bool {
		switch {
		case field == 1 && kind == wireBytes:
			p.readTable(w)
		case field == 2 && kind == wireBytes:
			p.groups = append(p.groups, w.bytes())
		case field == 17 && kind == wireVarint:
			p.granularity = int64(w.varint())
		case field == 19 && kind == wireVarint:
			p.latOffset = int64(w.varint())
		case field == 20 && kind == wireVarint:
			p.lonOffset = int64(w.varint())
		default:
			return false
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, g := range p.groups {
		if err := p.group(g); err != nil {
			return err
		}
	}
	return nil
}

func (p *pbfBlock) readTable(outer *wire) {
	w := &wire{b: outer.bytes()}
	err := w.each(func(field, kind int) bool {
		if field != 1 || kind != wireBytes {
			return false
		}
		p.table = append(p.table, w.bytes())
		p.strings = append(p.strings, "")
		return true
	})
	if err != nil {
		outer.err = err
	}
}

func (p *pbfBlock) text(i uint64) (string, error) {
	if i >= uint64(len(p.table)) {
		return "", fmt.Errorf("string %d of %d: %w", i, len(p.table), ErrFormat)
	}
	if p.strings[i] == "" && len(p.table[i]) > 0 {
		p.strings[i] = strings.ToValidUTF8(string(p.table[i]), "\uFFFD")
	}
	return p.strings[i], nil
}

func (p *pbfBlock) group(data []byte) error {
	w := &wire{b: data}
	var failed error
	err := w.each(func(field, kind int) bool {
		if kind != wireBytes || failed != nil {
			return false
		}
		switch {
		case field == 1 && p.h.node != nil:
			failed = p.plainNode(w.bytes())
		case field == 2 && p.h.node != nil:
			failed = p.denseNodes(w.bytes())
		case field == 3 && p.h.way != nil:
			failed = p.oneWay(w.bytes())
		case field == 4 && p.h.relation != nil:
			failed = p.oneRelation(w.bytes())
		default:
			return false
		}
		return true
	})
	if failed != nil {
		return failed
	}
	return err
}

// place converts the numbers of the file to a position. They are nanodegrees
// after granularity and offset; OSM's own precision is 100 of them.
func (p *pbfBlock) place(lat, lon int64) (Place, bool) {
	lat = p.latOffset + p.granularity*lat
	lon = p.lonOffset + p.granularity*lon
	const degree = 1_000_000_000
	if lat < -90*degree || lat > 90*degree || lon < -180*degree || lon > 180*degree {
		return Place{}, false
	}
	return Place{Lon: int32(hundredths(lon)), Lat: int32(hundredths(lat))}, true
}

// hundredths divides by 100 and rounds half away from zero.
func hundredths(v int64) int64 {
	if v < 0 {
		return (v - 50) / 100
	}
	return (v + 50) / 100
}

func (p *pbfBlock) plainNode(data []byte) error {
	var lat, lon int64
	p.node = Node{Tags: p.node.Tags[:0]}
	p.keys, p.values = nil, nil
	w := &wire{b: data}
	err := w.each(func(field, kind int) bool {
		switch {
		case field == 1 && kind == wireVarint:
			p.node.ID = w.signed()
		case field == 2 && kind == wireBytes:
			p.keys = w.bytes()
		case field == 3 && kind == wireBytes:
			p.values = w.bytes()
		case field == 8 && kind == wireVarint:
			lat = w.signed()
		case field == 9 && kind == wireVarint:
			lon = w.signed()
		default:
			return false
		}
		return true
	})
	if err != nil {
		return err
	}
	if p.node.Tags, err = p.tags(p.node.Tags); err != nil {
		return fmt.Errorf("node/%d: %w", p.node.ID, err)
	}
	p.node.Place, p.node.Valid = p.place(lat, lon)
	return stop(p.h.node(&p.node))
}

func stop(err error) error {
	if err != nil {
		return visitorError{err}
	}
	return nil
}

// denseNodes decodes columns of ids, latitudes and longitudes, each a
// difference to the one before, and one column of keys and values in which a
// zero ends the tags of a node.
func (p *pbfBlock) denseNodes(data []byte) error {
	p.ids, p.lats, p.lons, p.keys = nil, nil, nil, nil
	w := &wire{b: data}
	err := w.each(func(field, kind int) bool {
		if kind != wireBytes {
			return false
		}
		switch field {
		case 1:
			p.ids = w.bytes()
		case 8:
			p.lats = w.bytes()
		case 9:
			p.lons = w.bytes()
		case 10:
			p.keys = w.bytes()
		default:
			return false
		}
		return true
	})
	if err != nil {
		return err
	}
	ids, lats, lons, tags := &wire{b: p.ids}, &wire{b: p.lats}, &wire{b: p.lons}, &wire{b: p.keys}
	var id, lat, lon int64
	for len(ids.b) > 0 {
		id += ids.signed()
		lat += lats.signed()
		lon += lons.signed()
		if ids.err != nil || lats.err != nil || lons.err != nil {
			return fmt.Errorf("dense nodes after node/%d: %w", id, ErrFormat)
		}
		p.node = Node{ID: id, Tags: p.node.Tags[:0]}
		if err := p.denseTags(tags); err != nil {
			return fmt.Errorf("node/%d: %w", id, err)
		}
		p.node.Place, p.node.Valid = p.place(lat, lon)
		if err := p.h.node(&p.node); err != nil {
			return visitorError{err}
		}
	}
	return nil
}

func (p *pbfBlock) denseTags(w *wire) error {
	for len(w.b) > 0 {
		k := w.varint()
		if k == 0 {
			return w.err
		}
		v := w.varint()
		if w.err != nil {
			return w.err
		}
		tag, err := p.tag(k, v)
		if err != nil {
			return err
		}
		p.node.Tags = append(p.node.Tags, tag)
	}
	return w.err
}

func (p *pbfBlock) tag(k, v uint64) (Tag, error) {
	key, err := p.text(k)
	if err != nil {
		return Tag{}, err
	}
	value, err := p.text(v)
	return Tag{Key: key, Value: value}, err
}

// tags decodes the columns of keys and values of one element.
func (p *pbfBlock) tags(out Tags) (Tags, error) {
	keys, values := &wire{b: p.keys}, &wire{b: p.values}
	for len(keys.b) > 0 {
		k, v := keys.varint(), values.varint()
		if keys.err != nil || values.err != nil {
			return out, fmt.Errorf("tags: %w", ErrFormat)
		}
		tag, err := p.tag(k, v)
		if err != nil {
			return out, err
		}
		out = append(out, tag)
	}
	return out, nil
}

func (p *pbfBlock) oneWay(data []byte) error {
	p.way = Way{Refs: p.way.Refs[:0], Tags: p.way.Tags[:0]}
	p.keys, p.values, p.ids = nil, nil, nil
	w := &wire{b: data}
	err := w.each(func(field, kind int) bool {
		switch {
		case field == 1 && kind == wireVarint:
			p.way.ID = int64(w.varint())
		case field == 2 && kind == wireBytes:
			p.keys = w.bytes()
		case field == 3 && kind == wireBytes:
			p.values = w.bytes()
		case field == 8 && kind == wireBytes:
			p.ids = w.bytes()
		default:
			return false
		}
		return true
	})
	if err != nil {
		return err
	}
	refs := &wire{b: p.ids}
	var ref int64
	for len(refs.b) > 0 {
		ref += refs.signed()
		p.way.Refs = append(p.way.Refs, ref)
	}
	if p.way.Tags, err = p.tags(p.way.Tags); err != nil || refs.err != nil {
		return fmt.Errorf("way/%d: %w", p.way.ID, first(err, refs.err))
	}
	return stop(p.h.way(&p.way))
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *pbfBlock) oneRelation(data []byte) error {
	p.relation = Relation{Members: p.relation.Members[:0], Tags: p.relation.Tags[:0]}
	p.keys, p.values = nil, nil
	var roles, ids, kinds wire
	w := &wire{b: data}
	err := w.each(func(field, kind int) bool {
		if field == 1 && kind == wireVarint {
			p.relation.ID = int64(w.varint())
			return true
		}
		if kind != wireBytes {
			return false
		}
		switch field {
		case 2:
			p.keys = w.bytes()
		case 3:
			p.values = w.bytes()
		case 8:
			roles.b = w.bytes()
		case 9:
			ids.b = w.bytes()
		case 10:
			kinds.b = w.bytes()
		default:
			return false
		}
		return true
	})
	if err == nil {
		p.relation.Tags, err = p.tags(p.relation.Tags)
	}
	if err == nil {
		err = p.members(&roles, &ids, &kinds)
	}
	if err != nil {
		return fmt.Errorf("relation/%d: %w", p.relation.ID, err)
	}
	return stop(p.h.relation(&p.relation))
}

func (p *pbfBlock) members(roles, ids, kinds *wire) error {
	var id int64
	for len(ids.b) > 0 {
		id += ids.signed()
		role, err := p.text(roles.varint())
		kind := kinds.varint()
		if err := first(ids.err, roles.err, kinds.err, err); err != nil {
			return fmt.Errorf("members: %w", err)
		}
		if kind > uint64(KindRelation) {
			return fmt.Errorf("member of type %d: %w", kind, ErrFormat)
		}
		p.relation.Members = append(p.relation.Members, Member{Kind: Kind(kind), ID: id, Role: role})
	}
	return nil
}
