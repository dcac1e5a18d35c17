package osm

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// xmlReader reads OSM XML (API version 0.6) token by token.
type xmlReader struct {
	h        handler
	d        *xml.Decoder
	depth    int
	current  xml.Name // the element that is being read, zero between elements
	deleted  bool
	node     Node
	way      Way
	relation Relation
}

// decodeXML calls h with the elements of an OSM XML file.
func decodeXML(ctx context.Context, r io.Reader, h handler) error {
	x := &xmlReader{h: h, d: xml.NewDecoder(r)}
	for n := 0; ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		token, err := x.d.RawToken()
		if errors.Is(err, io.EOF) {
			if x.depth != 0 {
				return fmt.Errorf("byte %d: %w", x.d.InputOffset(), ErrTruncated)
			}
			return nil
		}
		if syntax := (*xml.SyntaxError)(nil); errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" {
			return fmt.Errorf("byte %d: %w", x.d.InputOffset(), ErrTruncated)
		}
		if err != nil {
			return fmt.Errorf("byte %d: %w", x.d.InputOffset(), errors.Join(ErrFormat, err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			x.depth++
			err = x.start(t)
		case xml.EndElement:
			x.depth--
			err = x.end(t.Name.Local)
		}
		var stop visitorError
		if errors.As(err, &stop) {
			return stop.error
		}
		if err != nil {
			return fmt.Errorf("byte %d: %w", x.d.InputOffset(), err)
		}
	}
}

func (x *xmlReader) start(e xml.StartElement) error {
	switch name := e.Name.Local; {
	case x.depth == 1 && name == "osmChange":
		return ErrHistory
	case x.depth == 1 && name != "osm":
		return fmt.Errorf("element <%s> where <osm> belongs: %w", name, ErrFormat)
	case x.depth == 2:
		return x.element(e)
	case x.depth == 3 && name == "tag":
		return x.tag(e)
	case x.depth == 3 && name == "nd" && x.current.Local == "way":
		ref, err := integer(e, "ref")
		x.way.Refs = append(x.way.Refs, ref)
		return err
	case x.depth == 3 && name == "member" && x.current.Local == "relation":
		return x.member(e)
	default:
		return nil
	}
}

// element begins a node, way or relation.
func (x *xmlReader) element(e xml.StartElement) error {
	x.current = e.Name
	x.deleted = attribute(e, "visible") == "false" || attribute(e, "action") == "delete"
	var err error
	switch e.Name.Local {
	case "node":
		x.node = Node{Tags: x.node.Tags[:0]}
		if x.node.ID, err = integer(e, "id"); err != nil || x.deleted {
			return err
		}
		x.node.Place, x.node.Valid = newPlace(degrees(e, "lon"), degrees(e, "lat"))
	case "way":
		x.way = Way{Tags: x.way.Tags[:0], Refs: x.way.Refs[:0]}
		x.way.ID, err = integer(e, "id")
	case "relation":
		x.relation = Relation{Tags: x.relation.Tags[:0], Members: x.relation.Members[:0]}
		x.relation.ID, err = integer(e, "id")
	}
	return err
}

func (x *xmlReader) tag(e xml.StartElement) error {
	tag := Tag{Key: attribute(e, "k"), Value: attribute(e, "v")}
	switch x.current.Local {
	case "node":
		x.node.Tags = append(x.node.Tags, tag)
	case "way":
		x.way.Tags = append(x.way.Tags, tag)
	case "relation":
		x.relation.Tags = append(x.relation.Tags, tag)
	}
	return nil
}

func (x *xmlReader) member(e xml.StartElement) error {
	id, err := integer(e, "ref")
	if err != nil {
		return err
	}
	m := Member{ID: id, Role: attribute(e, "role")}
	switch kind := attribute(e, "type"); kind {
	case "node":
		m.Kind = KindNode
	case "way":
		m.Kind = KindWay
	case "relation":
		m.Kind = KindRelation
	default:
		return fmt.Errorf("relation/%d has a member of type %q: %w", x.relation.ID, kind, ErrFormat)
	}
	x.relation.Members = append(x.relation.Members, m)
	return nil
}

// end hands a finished element to the handler.
func (x *xmlReader) end(name string) error {
	if x.depth != 1 {
		return nil
	}
	if name != x.current.Local {
		return fmt.Errorf("</%s> closes <%s>: %w", name, x.current.Local, ErrFormat)
	}
	x.current = xml.Name{}
	switch {
	case x.deleted:
	case name == "node" && x.h.node != nil:
		return stop(x.h.node(&x.node))
	case name == "way" && x.h.way != nil:
		return stop(x.h.way(&x.way))
	case name == "relation" && x.h.relation != nil:
		return stop(x.h.relation(&x.relation))
	}
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func integer(e xml.StartElement, name string) (int64, error) {
	text := attribute(e, name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("<%s> has %s=%q: %w", e.Name.Local, name, text, ErrFormat)
	}
	return n, nil
}

// degrees is NaN, and so no position, when the attribute is no number.
func degrees(e xml.StartElement, name string) float64 {
	f, err := strconv.ParseFloat(attribute(e, name), 64)
	if err != nil {
		return math.NaN()
	}
	return f
}
