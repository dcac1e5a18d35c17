package check

import (
	"fmt"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// columns finds the values of a layer's features by property name. Values of
// another type than asked for count as absent: PropertyTyped reports them.
type columns struct {
	layer *city.Layer
	index map[string]int
}

func newColumns(layer *city.Layer) columns {
	index := make(map[string]int, len(layer.Properties))
	for i := range layer.Properties {
		index[layer.Properties[i].Name] = i
	}
	return columns{layer, index}
}

func (c columns) has(name string) bool {
	_, ok := c.index[name]
	return ok
}

func (c columns) value(f *city.Feature, name string) city.Value {
	i, ok := c.index[name]
	if !ok {
		return city.Null
	}
	return f.Value(i)
}

func (c columns) text(f *city.Feature, name string) string {
	v := c.value(f, name)
	if v.Kind() != city.KindString {
		return ""
	}
	return v.Text()
}

// number returns 0 where there is none.
func (c columns) number(f *city.Feature, name string) float64 { return c.value(f, name).Float() }

// date returns the zero time where there is none.
func (c columns) date(f *city.Feature, name string) time.Time {
	v := c.value(f, name)
	if v.Kind() != city.KindDate {
		return time.Time{}
	}
	return v.Time()
}

// label is what people know the feature by: its code, else its key, else #id.
func (c columns) label(f *city.Feature) string {
	if code := c.text(f, city.PropCode); code != "" {
		return code
	}
	if c.layer.Key != "" {
		if key := c.value(f, c.layer.Key); !key.IsNull() {
			return key.String()
		}
	}
	return fmt.Sprintf("#%d", f.ID)
}
