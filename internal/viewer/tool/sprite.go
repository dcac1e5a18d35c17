package main

import (
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// entry is an icon in the index of a sprite (MapLibre Style Specification).
type entry struct {
	X          int         `json:"x"`
	Y          int         `json:"y"`
	Width      int         `json:"width"`
	Height     int         `json:"height"`
	PixelRatio int         `json:"pixelRatio"`
	SDF        bool        `json:"sdf,omitempty"`
	StretchX   [][]float64 `json:"stretchX,omitempty"`
	StretchY   [][]float64 `json:"stretchY,omitempty"`
	Content    []float64   `json:"content,omitempty"`
}

// drawSprites draws all icons side by side, once for usual and once for dense
// screens.
func drawSprites(root, out string) error {
	paths, err := filepath.Glob(filepath.Join(root, "icons", "*.svg"))
	if err != nil {
		return err
	}
	slices.Sort(paths)
	icons := map[string]*icon{}
	var names []string
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".svg")
		if icons[name], err = readIcon(path); err != nil {
			return err
		}
		names = append(names, name)
	}
	for ratio, suffix := range map[int]string{1: "", 2: "@2x"} {
		if err := drawSprite(icons, names, ratio, filepath.Join(out, "sprite"+suffix)); err != nil {
			return err
		}
	}
	return nil
}

func drawSprite(icons map[string]*icon, names []string, ratio int, path string) error {
	const gap = 2 // so that filtering never mixes neighbours
	width, height := 0, 0
	for _, name := range names {
		width += int(icons[name].width)*ratio + gap
		height = max(height, int(icons[name].height)*ratio)
	}
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	index := map[string]entry{}
	x := 0
	for _, name := range names {
		i := icons[name]
		e := entry{X: x, Width: int(i.width) * ratio, Height: int(i.height) * ratio, PixelRatio: ratio, SDF: i.sdf, Content: scaled(i.content, ratio)}
		if i.stretchX != nil {
			e.StretchX = [][]float64{scaled(i.stretchX, ratio)}
		}
		if i.stretchY != nil {
			e.StretchY = [][]float64{scaled(i.stretchY, ratio)}
		}
		index[name] = e
		i.paint(img, x, 0, float64(ratio))
		x += e.Width + gap
	}
	text, err := json.MarshalIndent(index, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".json", append(text, '\n'), 0o644); err != nil {
		return err
	}
	f, err := os.Create(path + ".png")
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(f, img); err != nil {
		return err
	}
	return f.Close()
}

func scaled(values []float64, ratio int) []float64 {
	var all []float64
	for _, v := range values {
		all = append(all, v*float64(ratio))
	}
	return all
}
