package webpage

import (
	"net/url"
	"slices"
)

// maxColumns bounds a table; the page of a feature shows all its properties.
const maxColumns = 40

// feature shows the properties of one feature.
func (v *view) feature(document *Value) {
	properties := document.member("properties")
	if properties == nil {
		return
	}
	v.Facts = append(v.Facts, properties.Members...)
	document.drop("properties", "type")
}

// features shows a collection as a table: what is said of each feature, then its
// properties.
func (v *view) features(document *Value, layer string) {
	list := document.member("features")
	flat := make([]Value, 0, len(list.Items))
	for i := range list.Items {
		flat = append(flat, flattened(&list.Items[i]))
	}
	v.Tables = append(v.Tables, tableOf("", flat, func(f *Value) string {
		of := f.text("layer")
		if of == "" {
			of = layer
		}
		if of == "" || f.text("id") == "" {
			return ""
		}
		return v.Base + "/collections/" + url.PathEscape(of) + "/items/" + url.PathEscape(f.text("id")) + v.Seen
	}))
	v.Returned, v.Of = document.text("numberReturned"), document.text("numberMatched")
	document.drop("features", "type", "numberReturned", "numberMatched")
}

// flattened is a feature as a row of a table: its own members, those of its properties that
// have other names, and its geometry.
func flattened(f *Value) Value {
	f.drop("type", "links", "bbox", "nearest_point")
	one := Value{Kind: Object}
	for _, m := range f.Members {
		if m.Name != "properties" && m.Name != "geometry" {
			one.Members = append(one.Members, m)
		}
	}
	if p := f.member("properties"); p != nil {
		for _, m := range p.Members {
			if one.member(m.Name) == nil {
				one.Members = append(one.Members, m)
			}
		}
	}
	if g := f.member("geometry"); g != nil {
		one.Members = append(one.Members, Member{Name: "geometry", Value: *g})
	}
	return one
}

// collections shows the layers as a table.
func (v *view) collections(document *Value) {
	list := document.member("collections")
	rows := make([]Value, 0, len(list.Items))
	for i := range list.Items {
		c := &list.Items[i]
		one := Value{Kind: Object}
		for _, name := range []string{"id", "title", "geometryType", "numberOfFeatures", "description"} {
			m := c.member(name)
			if m == nil {
				m = &Value{}
			}
			one.Members = append(one.Members, Member{Name: name, Value: *m})
		}
		rows = append(rows, one)
	}
	v.Tables = append(v.Tables, tableOf("", rows, func(c *Value) string {
		return v.Base + "/collections/" + url.PathEscape(c.text("id")) + v.Seen
	}))
	document.drop("collections")
}

// rest shows what is left: scalars and objects as facts, lists of objects as tables.
func (v *view) rest(document *Value) {
	for _, m := range document.Members {
		if m.Value.Kind == Array && len(m.Value.Items) > 0 && !slices.ContainsFunc(m.Value.Items, func(i Value) bool { return i.Kind != Object }) {
			v.Tables = append(v.Tables, tableOf(m.Name, m.Value.Items, selfLink))
			continue
		}
		v.Facts = append(v.Facts, m)
	}
}

// selfLink is the address that a member of a list gives as its own.
func selfLink(item *Value) string {
	links := item.member("links")
	if links == nil {
		return ""
	}
	for i := range links.Items {
		if links.Items[i].text("rel") == "self" {
			return links.Items[i].text("href")
		}
	}
	return ""
}

// tableOf makes a table of objects, with a column for each name in the order in
// which they come.
func tableOf(title string, items []Value, href func(*Value) string) table {
	t := table{Title: title}
	at := map[string]int{}
	for i := range items {
		for _, m := range items[i].Members {
			if _, known := at[m.Name]; !known && m.Name != "links" && len(t.Columns) < maxColumns {
				at[m.Name] = len(t.Columns)
				t.Columns = append(t.Columns, m.Name)
			}
		}
	}
	for i := range items {
		r := row{Href: href(&items[i]), Cells: make([]Value, len(t.Columns))}
		for _, m := range items[i].Members {
			if c, known := at[m.Name]; known {
				r.Cells[c] = m.Value
			}
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}
