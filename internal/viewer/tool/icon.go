package main

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"math"
	"os"
	"strconv"
	"strings"
)

// icon is a drawing of filled shapes. Its SVG may have paths of straight lines
// (M, L, Z with absolute coordinates), circles, and rectangles with round
// corners, each filled with one colour; whatever else there is, is an error.
type icon struct {
	width, height      float64
	sdf                bool
	stretchX, stretchY []float64 // a part that may grow, for plates
	content            []float64 // where text goes
	shapes             []shape
}

// shape is polygons of one colour.
type shape struct {
	fill  color.NRGBA
	rings [][]point
}

type point struct{ x, y float64 }

type svgFile struct {
	ViewBox  string     `xml:"viewBox,attr"`
	SDF      bool       `xml:"data-sdf,attr"`
	StretchX string     `xml:"data-stretch-x,attr"`
	StretchY string     `xml:"data-stretch-y,attr"`
	Content  string     `xml:"data-content,attr"`
	Shapes   []svgShape `xml:",any"`
}

type svgShape struct {
	XMLName xml.Name
	Fill    string  `xml:"fill,attr"`
	D       string  `xml:"d,attr"`
	CX      float64 `xml:"cx,attr"`
	CY      float64 `xml:"cy,attr"`
	R       float64 `xml:"r,attr"`
	X       float64 `xml:"x,attr"`
	Y       float64 `xml:"y,attr"`
	Width   float64 `xml:"width,attr"`
	Height  float64 `xml:"height,attr"`
	RX      float64 `xml:"rx,attr"`
}

func readIcon(path string) (*icon, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f svgFile
	if err := xml.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	i := &icon{sdf: f.SDF}
	box, err := numbers(f.ViewBox)
	if err != nil || len(box) != 4 {
		return nil, fmt.Errorf("%s: viewBox %q", path, f.ViewBox)
	}
	i.width, i.height = box[2], box[3]
	for list, target := range map[string]*[]float64{f.StretchX: &i.stretchX, f.StretchY: &i.stretchY, f.Content: &i.content} {
		if *target, err = numbers(list); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	for _, s := range f.Shapes {
		drawn, err := s.read()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		i.shapes = append(i.shapes, drawn)
	}
	return i, nil
}

func (s *svgShape) read() (shape, error) {
	fill, err := parseColour(s.Fill)
	if err != nil {
		return shape{}, err
	}
	out := shape{fill: fill}
	switch s.XMLName.Local {
	case "circle":
		out.rings = [][]point{arc(nil, s.CX, s.CY, s.R, 0, 4)}
	case "rect":
		var ring []point
		right, bottom := s.X+s.Width, s.Y+s.Height
		ring = arc(ring, right-s.RX, bottom-s.RX, s.RX, 0, 1)
		ring = arc(ring, s.X+s.RX, bottom-s.RX, s.RX, 1, 1)
		ring = arc(ring, s.X+s.RX, s.Y+s.RX, s.RX, 2, 1)
		ring = arc(ring, right-s.RX, s.Y+s.RX, s.RX, 3, 1)
		out.rings = [][]point{ring}
	case "path":
		out.rings, err = parsePath(s.D)
	default:
		err = fmt.Errorf("element %q is not drawn", s.XMLName.Local)
	}
	return out, err
}

// arc appends quarters of a circle, beginning at so many quarters, clockwise on
// the screen.
func arc(ring []point, cx, cy, r, from, quarters float64) []point {
	const steps = 16 // a quarter: 0.05 units off at a radius of 10
	n := int(quarters * steps)
	for k := 0; k <= n; k++ {
		a := (from + float64(k)/steps) * math.Pi / 2
		ring = append(ring, point{cx + r*math.Cos(a), cy + r*math.Sin(a)})
	}
	return ring
}

func parsePath(d string) ([][]point, error) {
	fields := strings.Fields(d)
	var rings [][]point
	for i := 0; i < len(fields); i++ {
		switch f := fields[i]; f[0] {
		case 'Z':
		case 'M', 'L':
			if i+1 >= len(fields) {
				return nil, fmt.Errorf("path %q ends early", d)
			}
			p, err := numbers(f[1:] + " " + fields[i+1])
			if err != nil || len(p) != 2 {
				return nil, fmt.Errorf("path %q at %q", d, f)
			}
			if f[0] == 'M' {
				rings = append(rings, nil)
			}
			last := len(rings) - 1
			rings[last] = append(rings[last], point{p[0], p[1]})
			i++
		default:
			return nil, fmt.Errorf("path %q: only M, L and Z are drawn", d)
		}
	}
	return rings, nil
}

func numbers(list string) ([]float64, error) {
	var all []float64
	for _, f := range strings.Fields(list) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func parseColour(text string) (color.NRGBA, error) {
	v, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 32)
	if err != nil || len(text) != 7 {
		return color.NRGBA{}, fmt.Errorf("colour %q", text)
	}
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, nil
}
