package expr

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
)

// AppendJSON appends e as CQL2 JSON. Parsed again it is the same tree, but for
// places, and no name is Quoted.
func AppendJSON(dst []byte, e Expr) []byte {
	switch e := e.(type) {
	case *Literal:
		return appendLiteral(dst, e.Value)
	case *Property:
		dst = append(dst, `{"property":`...)
		return append(city.AppendJSONString(dst, e.Name), '}')
	case *Operation:
		return appendOperation(dst, e)
	case *Function:
		return appendCall(dst, e.Name, e.Args)
	case *Array:
		return appendList(dst, e.Elements)
	case *Interval:
		dst = append(dst, `{"interval":[`...)
		dst = append(appendEnd(dst, e.From), ',')
		return append(appendEnd(dst, e.To), "]}"...)
	case *Geometry:
		return geojson.AppendGeometry(dst, e.Geometry)
	case *BBox:
		dst = append(dst, `{"bbox":[`...)
		dst = append(appendPosition(dst, e.Min), ',')
		return append(appendPosition(dst, e.Max), "]}"...)
	}
	return dst
}

func appendLiteral(dst []byte, v city.Value) []byte {
	switch v.Kind() {
	case city.KindDate:
		return append(v.AppendJSON(append(dst, `{"date":`...)), '}')
	case city.KindInstant:
		return append(v.AppendJSON(append(dst, `{"timestamp":`...)), '}')
	case city.KindInteger, city.KindNumber:
		return appendNumber(dst, v)
	default:
		return v.AppendJSON(dst)
	}
}

func appendOperation(dst []byte, e *Operation) []byte {
	if e.Op != In {
		return appendCall(dst, string(e.Op), e.Args)
	}
	dst = append(dst, `{"op":"in","args":[`...)
	dst = append(AppendJSON(dst, e.Args[0]), ',')
	return append(appendList(dst, e.Args[1:]), "]}"...)
}

func appendCall(dst []byte, name string, args []Expr) []byte {
	dst = append(dst, `{"op":`...)
	dst = city.AppendJSONString(dst, name)
	dst = append(dst, `,"args":`...)
	return append(appendList(dst, args), '}')
}

func appendList(dst []byte, list []Expr) []byte {
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSON(dst, e)
	}
	return append(dst, ']')
}

func appendEnd(dst []byte, e Expr) []byte {
	if e == nil {
		return append(dst, `".."`...)
	}
	if l, ok := e.(*Literal); ok {
		return l.Value.AppendJSON(dst)
	}
	return AppendJSON(dst, e)
}

func appendPosition(dst []byte, p orb.Point) []byte {
	dst = append(appendCoordinate(dst, p[0]), ',')
	return appendCoordinate(dst, p[1])
}
