package expr

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// AppendText appends e as CQL2 Text. Parsed again it is the same tree, but for
// places and for which names are Quoted.
func AppendText(dst []byte, e Expr) []byte { return textWriter{}.expr(dst, e, levelOr) }

// Text returns e as CQL2 Text.
func Text(e Expr) string { return string(AppendText(nil, e)) }

// textWriter writes nodes; it has no state.
type textWriter struct{}

// expr writes e where it must bind at least as tightly as level.
func (w textWriter) expr(dst []byte, e Expr, level int) []byte {
	switch e := e.(type) {
	case *Literal:
		return w.literal(dst, e.Value)
	case *Property:
		return w.name(dst, e)
	case *Operation:
		s, _ := specOf(e.Op)
		if s.level < level {
			dst = append(dst, '(')
			return append(w.operation(dst, e, s), ')')
		}
		return w.operation(dst, e, s)
	case *Function:
		return w.list(append(dst, e.Name...), e.Args, levelOr)
	case *Array:
		return w.list(dst, e.Elements, levelOr)
	case *Interval:
		dst = append(dst, "INTERVAL("...)
		dst = append(w.end(dst, e.From), ',')
		return append(w.end(dst, e.To), ')')
	case *Geometry:
		return w.geometry(dst, e.Geometry)
	case *BBox:
		dst = append(dst, "BBOX("...)
		for i, v := range [...]float64{e.Min[0], e.Min[1], e.Max[0], e.Max[1]} {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendCoordinate(dst, v)
		}
		return append(dst, ')')
	}
	return dst
}

// list writes members in parentheses.
func (w textWriter) list(dst []byte, members []Expr, level int) []byte {
	dst = append(dst, '(')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.expr(dst, m, level)
	}
	return append(dst, ')')
}

// operation writes an operator between, before or around its operands.
func (w textWriter) operation(dst []byte, e *Operation, s spec) []byte {
	word := strings.ToUpper(string(e.Op))
	switch {
	case e.Op == Not:
		return w.not(dst, e.Args[0])
	case s.family == Logical:
		for i, arg := range e.Args {
			if i > 0 {
				dst = append(append(append(dst, ' '), word...), ' ')
			}
			dst = w.expr(dst, arg, s.level+1)
		}
		return dst
	case s.family == Advanced:
		return w.advanced(dst, e, false)
	case s.level == levelPrimary:
		return w.list(append(dst, word...), e.Args, levelOr)
	}
	left := s.level
	if s.family == Comparison || e.Op == Power { // these do not group
		left++
	}
	dst = append(w.expr(dst, e.Args[0], left), ' ')
	dst = append(append(dst, word...), ' ')
	return w.expr(dst, e.Args[1], s.level+1)
}

// not writes x NOT LIKE y, and NOT before everything else.
func (w textWriter) not(dst []byte, arg Expr) []byte {
	if inner, ok := arg.(*Operation); ok && inner.Op.Family() == Advanced {
		return w.advanced(dst, inner, true)
	}
	return w.expr(append(dst, "NOT "...), arg, levelNot)
}

func (w textWriter) advanced(dst []byte, e *Operation, negated bool) []byte {
	word := strings.ToUpper(string(e.Op))
	not := ""
	if negated {
		not = "NOT "
	}
	dst = append(w.expr(dst, e.Args[0], levelSum), ' ')
	switch e.Op {
	case IsNull:
		return append(append(append(dst, "IS "...), not...), "NULL"...)
	case In:
		return w.list(append(append(dst, not...), "IN "...), e.Args[1:], levelOr)
	}
	dst = append(append(append(dst, not...), word...), ' ')
	dst = w.expr(dst, e.Args[1], levelSum)
	if e.Op == Between {
		dst = w.expr(append(dst, " AND "...), e.Args[2], levelSum)
	}
	return dst
}

// name writes a property, in quotes where it needs them or had them.
func (w textWriter) name(dst []byte, p *Property) []byte {
	if isName(p.Name) && !isKeyword(p.Name) && !p.Quoted {
		return append(dst, p.Name...)
	}
	return append(append(append(dst, '"'), p.Name...), '"')
}

func (w textWriter) literal(dst []byte, v city.Value) []byte {
	switch v.Kind() {
	case city.KindString:
		return w.character(dst, v.Text())
	case city.KindBoolean:
		if v.Bool() {
			return append(dst, "TRUE"...)
		}
		return append(dst, "FALSE"...)
	case city.KindDate:
		return append(v.AppendText(append(dst, "DATE('"...)), "')"...)
	case city.KindInstant:
		return append(v.AppendText(append(dst, "TIMESTAMP('"...)), "')"...)
	default:
		return appendNumber(dst, v)
	}
}

// end writes an end of an interval.
func (w textWriter) end(dst []byte, e Expr) []byte {
	if e == nil {
		return append(dst, "'..'"...)
	}
	if l, ok := e.(*Literal); ok {
		return append(l.Value.AppendText(append(dst, '\'')), '\'')
	}
	return w.expr(dst, e, levelPrimary)
}

func (w textWriter) character(dst []byte, text string) []byte {
	dst = append(dst, '\'')
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\'':
			dst = append(dst, "''"...)
		case c == '\\':
			dst = append(dst, `\\`...)
		case c >= '\a' && c <= '\r':
			dst = append(dst, '\\', "abtnvfr"[c-'\a'])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '\'')
}

// appendNumber writes a number so that it is read back with the same kind.
func appendNumber(dst []byte, v city.Value) []byte {
	if v.Kind() == city.KindInteger {
		return v.AppendText(dst)
	}
	text := v.String()
	dst = append(dst, text...)
	if !strings.ContainsAny(text, ".e") {
		dst = append(dst, ".0"...)
	}
	return dst
}

// geometry writes well-known text.
func (w textWriter) geometry(dst []byte, g orb.Geometry) []byte {
	dst = append(dst, strings.ToUpper(g.GeoJSONType())...)
	if c, ok := g.(orb.Collection); ok {
		return bracketed(dst, c, w.geometry)
	}
	return w.body(dst, g)
}

// body writes what follows the name of a type.
func (w textWriter) body(dst []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		return append(w.position(append(dst, '('), g), ')')
	case orb.MultiPoint:
		return bracketed(dst, g, func(dst []byte, p orb.Point) []byte { return w.body(dst, p) })
	case orb.LineString:
		return bracketed(dst, g, w.position)
	case orb.Ring:
		return bracketed(dst, g, w.position)
	case orb.MultiLineString:
		return bracketed(dst, g, func(dst []byte, l orb.LineString) []byte { return w.body(dst, l) })
	case orb.Polygon:
		return bracketed(dst, g, func(dst []byte, r orb.Ring) []byte { return w.body(dst, r) })
	case orb.MultiPolygon:
		return bracketed(dst, g, func(dst []byte, p orb.Polygon) []byte { return w.body(dst, p) })
	}
	return dst
}

func (w textWriter) position(dst []byte, p orb.Point) []byte {
	dst = append(appendCoordinate(dst, p[0]), ' ')
	return appendCoordinate(dst, p[1])
}

// bracketed writes members in parentheses.
func bracketed[S ~[]E, E any](dst []byte, members S, write func([]byte, E) []byte) []byte {
	dst = append(dst, '(')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = write(dst, m)
	}
	return append(dst, ')')
}

// appendCoordinate writes zero without a sign, which is not read back.
func appendCoordinate(dst []byte, v float64) []byte {
	return strconv.AppendFloat(dst, v+0, 'g', -1, 64) // -0 + 0 is 0
}
