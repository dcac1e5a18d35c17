package encode

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// csvText writes RFC 4180: UTF-8 without a mark, a header, lines that end in
// CRLF.
//
//	id,name,lanes,lon,lat,WKT
//	17,"Cầu Thê Húc",,105.8529998,21.0307572,POINT (105.8529998 21.0307572)
//
// The geometry stands in a column WKT, under which GDAL and QGIS take it for one
// without being told; layers of points have lon, lat (or x, y of another system)
// beside it, for spreadsheets. Null is nothing, empty text is "". Text is written
// as it is, also such that a spreadsheet takes for a formula.
type csvText struct {
	s          *Selection
	columns    []int
	properties []city.Property
	row        row
	points     bool // two columns more
	projection projection
	decimals   geojson.Decimals
}

func newCSV(s *Selection) encoder {
	return &csvText{
		s: s, columns: s.columns(), properties: s.properties(), row: newRow(s),
		points:     s.Layer.Definition().Geometry == city.GeometryPoint && !s.NoGeometry,
		projection: newProjection(s.Space), decimals: s.Space.decimals(),
	}
}

func (c *csvText) begin(dst []byte) []byte {
	dst = appendCell(dst, columnName(c.properties, "id", "fid"))
	for _, p := range c.properties {
		dst = appendCell(append(dst, ','), p.Name)
	}
	if c.points {
		x, y := "x", "y"
		if c.s.Space.srid().Geographic() {
			x, y = "lon", "lat"
		}
		dst = appendCell(append(dst, ','), columnName(c.properties, x))
		dst = appendCell(append(dst, ','), columnName(c.properties, y))
	}
	if !c.s.NoGeometry {
		dst = appendCell(append(dst, ','), columnName(c.properties, "WKT"))
	}
	return append(dst, "\r\n"...)
}

func (c *csvText) feature(dst []byte, f *snapshot.Feature, tags []tiles.Tag, _ bool) ([]byte, error) {
	dst = strconv.AppendInt(dst, f.ID(), 10)
	c.row.fill(c.s.Layer.Table(), tags)
	for _, i := range c.columns {
		dst = appendValueCell(append(dst, ','), c.row[i])
	}
	if c.s.NoGeometry {
		return append(dst, "\r\n"...), nil
	}
	g, err := c.projection.geometry(f.Geometry())
	if err != nil {
		return dst, err
	}
	if c.points {
		dst = append(dst, ',')
		if p, ok := g.(orb.Point); ok {
			dst = c.decimals.AppendNumber(dst, p[0])
			dst = append(dst, ',')
			dst = c.decimals.AppendNumber(dst, p[1])
		} else {
			dst = append(dst, ',')
		}
	}
	_, plain := g.(orb.Point) // without a comma
	if dst = append(dst, ','); !plain {
		dst = append(dst, '"')
	}
	dst = appendWKT(dst, c.decimals, g)
	if !plain {
		dst = append(dst, '"')
	}
	return append(dst, "\r\n"...), nil
}

func (c *csvText) end(dst []byte) []byte { return dst }

// appendValueCell appends a value; text and JSON may need quotes.
func appendValueCell(dst []byte, v city.Value) []byte {
	switch v.Kind() {
	case city.KindString, city.KindJSON:
		return appendCell(dst, v.Text())
	default:
		return v.AppendText(dst)
	}
}

// appendCell appends text, in quotes where it needs them: where it holds a
// separator, begins or ends in a blank, or is empty and not null.
func appendCell(dst []byte, text string) []byte {
	if text != "" && !strings.ContainsAny(text, ",\"\r\n") && text[0] != ' ' && text[len(text)-1] != ' ' {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			dst = append(dst, text...)
			return append(dst, '"')
		}
		dst = append(dst, text[:i]...)
		dst = append(dst, `""`...)
		text = text[i+1:]
	}
}
