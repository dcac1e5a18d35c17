package view

import (
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Attribution joins what the layers ask to be shown, each text once.
func Attribution(layers []*snapshot.Layer) string {
	var all []string
	for _, l := range layers {
		if a := l.Definition().Attribution; a != "" && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return strings.Join(all, "; ")
}

// Title is what people call a layer.
func Title(def *city.Layer) string {
	if def.Title != "" {
		return def.Title
	}
	return string(def.ID)
}

// Bound returns the lon/lat box of all features; ok is false without any.
func Bound(layers []*snapshot.Layer) (all orb.Bound, ok bool) {
	for _, l := range layers {
		b, some := l.Bound()
		switch {
		case !some:
		case ok:
			all = all.Union(b)
		default:
			all, ok = b, true
		}
	}
	return all, ok
}
