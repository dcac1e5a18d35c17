package cql2

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// generator writes random filters over schema(), as text.
type generator struct {
	r      *rand.Rand
	places []orb.Geometry // of the layer
}

func (g *generator) pick(list ...string) string { return list[g.r.IntN(len(list))] }

// filter writes a condition of at most so many levels.
func (g *generator) filter(depth int) string {
	if depth > 0 {
		switch g.r.IntN(5) {
		case 0:
			return "(" + g.filter(depth-1) + " AND " + g.filter(depth-1) + ")"
		case 1:
			return "(" + g.filter(depth-1) + " OR " + g.filter(depth-1) + ")"
		case 2:
			return "NOT " + g.filter(depth-1)
		}
	}
	switch g.r.IntN(12) {
	case 0, 1:
		return g.textual()
	case 2, 3:
		return g.numeric()
	case 4:
		return g.pick("oneway", "oneway = TRUE", "oneway <> (lanes > 2)", "(oneway AND lanes = 2) IS NULL", "TRUE", "FALSE")
	case 5, 6:
		return g.temporal()
	case 7:
		return g.array()
	default:
		return g.spatial()
	}
}

func (g *generator) compared() string { return g.pick("=", "<>", "<", "<=", ">", ">=") }

func (g *generator) word() string {
	return g.pick("Phố Huế", "planned", "residential", "Ngõ 100", "đường láng", "Đường Láng", "DUONG LANG", "", "a_b%", "primary", "ngo 5", "tertiary", "nhựa", "Cầu Giấy")
}

func (g *generator) textual() string {
	name := g.pick("name", "status", `"mặt đường"`)
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	switch fold := g.pick("", "", "CASEI", "ACCENTI"); g.r.IntN(6) {
	case 0:
		return name + g.pick(" IS NULL", " IS NOT NULL")
	case 1:
		var list []string
		for range 1 + g.r.IntN(4) {
			list = append(list, fold+"("+quote(g.word())+")")
		}
		return fold + "(" + name + ")" + g.pick(" IN (", " NOT IN (") + strings.Join(list, ",") + ")"
	case 2, 3:
		pattern := g.pick("%"+g.word()+"%", g.word()+"%", "_"+g.word(), "%\\_%", "%n_%", "%\u1ed1%", "")
		return fold + "(" + name + ")" + g.pick(" LIKE ", " NOT LIKE ") + fold + "(" + quote(pattern) + ")"
	default:
		return fmt.Sprintf("%s(%s) %s %s(%s)", fold, name, g.compared(), fold, quote(g.word()))
	}
}

// number writes a number or an expression of one.
func (g *generator) number(depth int) string {
	if depth > 0 && g.r.IntN(2) == 0 {
		a, b := g.number(depth-1), g.number(depth-1)
		switch g.r.IntN(6) {
		case 0:
			return "(" + a + " + " + b + ")"
		case 1:
			return "(" + a + " - " + b + ")"
		case 2:
			return "(" + a + " * " + g.pick("2", "-3", "0.5") + ")"
		case 3:
			return "(" + a + " / " + b + ")"
		case 4:
			return "(lanes " + g.pick("div", "%") + " " + g.pick("2", "-3", "id", "lanes", "0") + ")"
		default:
			return "(" + a + " ^ 2)"
		}
	}
	return g.pick("lanes", "width", "id", "2", "7.5", "-1", "40", "0")
}

func (g *generator) numeric() string {
	switch g.r.IntN(5) {
	case 0:
		return fmt.Sprintf("%s %s %s AND %s", g.number(1), g.pick("BETWEEN", "NOT BETWEEN"), g.number(0), g.number(0))
	case 1:
		return fmt.Sprintf("%s %s (%s, %s, %s)", g.number(1), g.pick("IN", "NOT IN"), g.number(1), g.number(0), g.number(0))
	case 2:
		return g.number(1) + g.pick(" IS NULL", " IS NOT NULL")
	default:
		return g.number(2) + " " + g.compared() + " " + g.number(1)
	}
}

func (g *generator) date() string {
	return fmt.Sprintf("20%02d-%02d-%02d", 18+g.r.IntN(3), 1+g.r.IntN(12), 1+g.r.IntN(3))
}

func (g *generator) timestamp() string {
	return fmt.Sprintf("2026-01-%02dT%s:00:00Z", 1+g.r.IntN(6), g.pick("00", "12", "16", "17", "18"))
}

func (g *generator) temporal() string {
	interval := func(dates bool) string {
		end := func(property string) string {
			at := g.timestamp()
			if dates {
				at = g.date()
			}
			return g.pick("'..'", "'"+at+"'", property)
		}
		if dates {
			return "INTERVAL(" + end("valid_from") + "," + end("valid_to") + ")"
		}
		return "INTERVAL(" + end("seen") + "," + end("gone") + ")"
	}
	instant := func(dates bool) string {
		if dates {
			return g.pick("valid_from", "valid_to", "DATE('"+g.date()+"')")
		}
		return g.pick("seen", "gone", "TIMESTAMP('"+g.timestamp()+"')", "DATE('2026-01-0"+g.pick("1", "2", "3")+"')")
	}
	dates := g.r.IntN(2) == 0
	switch g.r.IntN(4) {
	case 0:
		return instant(dates) + " " + g.compared() + " " + instant(dates)
	case 1:
		op := g.pick("T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS")
		if g.r.IntN(2) == 0 {
			return op + "(" + instant(dates) + "," + interval(dates) + ")"
		}
		return op + "(" + instant(dates) + "," + instant(dates) + ")"
	default:
		op := g.pick("T_CONTAINS", "T_DURING", "T_FINISHEDBY", "T_FINISHES", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "T_STARTS", "T_INTERSECTS", "T_EQUALS")
		return op + "(" + interval(dates) + "," + interval(dates) + ")"
	}
}

func (g *generator) array() string {
	var list []string
	for range g.r.IntN(4) {
		list = append(list, g.pick("'bus'", "'tram'", "1", "2.0", "TRUE", "1.5"))
	}
	return g.pick("A_CONTAINS", "A_CONTAINEDBY", "A_EQUALS", "A_OVERLAPS") + "(tags, (" + strings.Join(list, ",") + "))"
}

// spatial takes a literal that touches the layer in many ways.
func (g *generator) spatial() string {
	op := g.pick("S_INTERSECTS", "S_INTERSECTS", "S_DISJOINT", "S_EQUALS", "S_TOUCHES", "S_CROSSES", "S_WITHIN", "S_CONTAINS", "S_OVERLAPS")
	literal := g.literal()
	if g.r.IntN(6) == 0 && (op == "S_INTERSECTS" || op == "S_DISJOINT") { // GEOS 3.11 tells no other of collections
		literal = wkt.MarshalString(orb.Collection{lattice(g.r), lattice(g.r), g.places[g.r.IntN(len(g.places))]})
	}
	if g.r.IntN(4) == 0 {
		return op + "(" + literal + ", geometry)"
	}
	return op + "(geometry, " + literal + ")"
}

func (g *generator) literal() string {
	of := g.places[g.r.IntN(len(g.places))]
	switch g.r.IntN(8) {
	case 0: // a feature's own
		return wkt.MarshalString(of)
	case 1: // its bounds
		b := of.Bound()
		if b.Min[0] < b.Max[0] && b.Min[1] < b.Max[1] {
			return expr.Text(bboxOf(b))
		}
		return wkt.MarshalString(b.Min)
	case 2: // a part of it
		if l, ok := of.(orb.LineString); ok && len(l) > 2 {
			return wkt.MarshalString(l[:2])
		}
		return wkt.MarshalString(of.Bound().Center())
	case 3: // a corner
		return wkt.MarshalString(of.Bound().Max)
	case 4: // at the rim
		rim := degenerate()
		return wkt.MarshalString(rim[g.r.IntN(len(rim))])
	default: // on the lattice
		return wkt.MarshalString(lattice(g.r))
	}
}

func bboxOf(b orb.Bound) expr.Expr {
	e, err := expr.ParseJSON([]byte(fmt.Sprintf(`{"op":"f","args":[{"bbox":[%v,%v,%v,%v]}]}`, b.Min[0], b.Min[1], b.Max[0], b.Max[1])), expr.Limits{})
	if err != nil {
		panic(err)
	}
	return expr.Children(e)[0]
}

// lattice makes a valid geometry on a lattice of 9 × 9 dyadic places in the
// middle of Hà Nội, where many coincide, lie on one line, or touch.
func lattice(r *rand.Rand) orb.Geometry {
	at := func() orb.Point {
		return orb.Point{105.8125 + float64(r.IntN(9))/256, 21.0 + float64(r.IntN(9))/256}
	}
	square := func() orb.Polygon {
		p, side := at(), float64(1+r.IntN(4))/256
		return orb.Bound{Min: p, Max: orb.Point{p[0] + side, p[1] + side}}.ToPolygon()
	}
	switch r.IntN(8) {
	case 0:
		return at()
	case 1:
		return orb.MultiPoint{at(), at(), at()}
	case 2, 3:
		a, b := at(), at()
		for a == b {
			b = at()
		}
		return orb.LineString{a, b}
	case 4:
		p := square()
		if side := p[0][1][0] - p[0][0][0]; side >= 3./256 { // with a hole
			low := orb.Point{p[0][0][0] + 1./256, p[0][0][1] + 1./256}
			hole := orb.Bound{Min: low, Max: orb.Point{low[0] + 1./256, low[1] + 1./256}}.ToPolygon()[0]
			hole.Reverse()
			return append(p, hole)
		}
		return p
	case 5: // a triangle
		p, w, h := at(), float64(1+r.IntN(4))/256, float64(1+r.IntN(4))/256
		return orb.Polygon{{p, {p[0] + w, p[1]}, {p[0], p[1] + h}, p}}
	case 6: // two squares apart
		a := square()
		b := orb.Clone(a).(orb.Polygon)
		for i := range b[0] {
			b[0][i][0] += 8. / 256
		}
		return orb.MultiPolygon{a, b}
	default:
		return square()
	}
}

// degenerate returns geometries on the same lattice at the rim of what the
// standard allows.
func degenerate() []orb.Geometry {
	at := func(x, y float64) orb.Point { return orb.Point{105.8125 + x/256, 21 + y/256} }
	ring := func(points ...orb.Point) orb.Ring { return append(points, points[0]) }
	outer := ring(at(0, 0), at(8, 0), at(8, 8), at(0, 8))
	return []orb.Geometry{
		orb.LineString{at(1, 1), at(4, 1), at(2, 1)},                                               // back on itself
		orb.LineString{at(1, 1), at(4, 4), at(4, 1), at(1, 4)},                                     // crosses itself
		orb.LineString{at(2, 2), at(2, 2), at(5, 2), at(5, 2)},                                     // vertices twice
		orb.LineString(ring(at(1, 1), at(5, 1), at(5, 5), at(1, 5))),                               // closed: no boundary
		orb.MultiLineString{{at(0, 0), at(4, 4)}, {at(4, 4), at(8, 0)}, {at(4, 4), at(4, 8)}},      // three ends in one place
		orb.MultiLineString{{at(0, 0), at(4, 4)}, {at(4, 4), at(8, 8)}},                            // two: no boundary there
		orb.MultiPoint{at(2, 2), at(2, 2), at(4, 4)},                                               // a point twice
		orb.Polygon{ring(at(1, 1), at(1, 1), at(3, 1), at(5, 1), at(5, 5), at(1, 5))},              // vertices twice, and on a straight edge
		orb.Polygon{outer, ring(at(0, 4), at(2, 6), at(2, 2))},                                     // a hole that touches
		orb.Polygon{outer, ring(at(2, 2), at(4, 4), at(4, 2)), ring(at(4, 4), at(6, 6), at(4, 6))}, // holes that touch
		orb.MultiPolygon{{ring(at(0, 0), at(4, 0), at(4, 4), at(0, 4))}, {ring(at(4, 4), at(8, 4), at(8, 8), at(4, 8))}},
		orb.Polygon{ring(at(0, 0), at(0, 4), at(4, 4), at(4, 0))}, // clockwise
	}
}
