package dcat

import (
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Catalogue is what there is.
type Catalogue struct {
	Title, Description string
	Base               string // address of the server, without a slash at the end
	LicenceURL         string
	Version            string    // of the state that is described
	Modified           time.Time // when that came to be
	Datasets           []Dataset
}

// Dataset is one layer.
type Dataset struct {
	Layer *city.Layer
	// Bounds are west, south, east, north in degrees; nil: it is empty.
	Bounds        []float64
	Distributions []Distribution
}

// Distribution is a form in which a dataset can be had.
type Distribution struct {
	Title string
	URL   string
	Type  string // media type
	// Tiles tells that URL describes vector tiles of the dataset.
	Tiles bool
}

// Object is a part of a document.
type Object = map[string]any

// url returns the address of a dataset's page, which also is its name.
func (d *Dataset) url(base string) string { return base + "/collections/" + string(d.Layer.ID) }

// words are a text in the languages in which there is one.
func words(vi, en string) []any {
	var all []any
	if vi != "" {
		all = append(all, Object{"@language": "vi", "@value": vi})
	}
	if en != "" {
		all = append(all, Object{"@language": "en", "@value": en})
	}
	return all
}

// titles are those of a layer: its name where it has none.
func titles(l *city.Layer) []any {
	if l.Title == "" && l.TitleEN == "" {
		return []any{string(l.ID)}
	}
	return words(l.Title, l.TitleEN)
}

// descriptions are those of a layer: its titles where it has none, for a dataset
// must have one.
func descriptions(l *city.Layer) []any {
	if l.Description == "" && l.DescriptionEN == "" {
		return titles(l)
	}
	return words(l.Description, l.DescriptionEN)
}
