package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// paint draws the icon into img with its corner at (x, y), ratio pixels a unit.
func (i *icon) paint(img *image.NRGBA, x, y int, ratio float64) {
	if i.sdf {
		i.paintDistance(img, x, y, ratio)
		return
	}
	w, h := int(math.Ceil(i.width*ratio)), int(math.Ceil(i.height*ratio))
	target := image.Rect(x, y, x+w, y+h)
	for _, s := range i.shapes {
		r := vector.NewRasterizer(w, h)
		for _, ring := range s.rings {
			for k, p := range ring {
				if k == 0 {
					r.MoveTo(float32(p.x*ratio), float32(p.y*ratio))
				} else {
					r.LineTo(float32(p.x*ratio), float32(p.y*ratio))
				}
			}
			r.ClosePath()
		}
		r.DrawOp = draw.Over
		r.Draw(img, target, image.NewUniform(s.fill), image.Point{})
	}
}

// paintDistance draws a signed distance field, which a map can give any colour
// and a halo: alpha is 3/4 on the edge and falls by a quarter in two units.
func (i *icon) paintDistance(img *image.NRGBA, x, y int, ratio float64) {
	const reach = 8 // units over which alpha goes from 1 to 0
	w, h := int(math.Ceil(i.width*ratio)), int(math.Ceil(i.height*ratio))
	for row := range h {
		for col := range w {
			p := point{(float64(col) + 0.5) / ratio, (float64(row) + 0.5) / ratio}
			alpha := 0.75 - i.distance(p)/reach
			a := uint8(math.Round(255 * min(max(alpha, 0), 1)))
			img.SetNRGBA(x+col, y+row, color.NRGBA{0, 0, 0, a})
		}
	}
}

// distance returns how far p is from the edge of the icon, negative inside.
func (i *icon) distance(p point) float64 {
	nearest, inside := math.Inf(1), false
	for _, s := range i.shapes {
		for _, ring := range s.rings {
			for k, a := range ring {
				b := ring[(k+1)%len(ring)]
				nearest = min(nearest, toSegment(p, a, b))
				if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
					inside = !inside
				}
			}
		}
	}
	if inside {
		return -nearest
	}
	return nearest
}

func toSegment(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if square := dx*dx + dy*dy; square > 0 {
		t = min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/square, 0), 1)
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}
