package style

// Helpers that write expressions of the style specification as JSON values.

func get(name string) []any { return []any{"get", name} }

func is(name string, value any) []any { return []any{"==", get(name), value} }

func oneOf(name string, values ...string) []any {
	return []any{"in", get(name), []any{"literal", values}}
}

func all(conditions ...any) []any { return append([]any{"all"}, conditions...) }

func not(condition any) []any { return []any{"!", condition} }

// geometry is true for features of a kind: Point, LineString or Polygon, and
// what has several of them.
func geometry(kind string) []any {
	return []any{"in", []any{"geometry-type"}, []any{"literal", []string{kind, "Multi" + kind}}}
}

// byZoom interpolates exponentially between zoom and value pairs, the way widths
// on the ground grow.
func byZoom(pairs ...any) []any {
	return append([]any{"interpolate", []any{"exponential", 1.5}, []any{"zoom"}}, pairs...)
}

// linear interpolates evenly between zoom and value pairs.
func linear(pairs ...any) []any {
	return append([]any{"interpolate", []any{"linear"}, []any{"zoom"}}, pairs...)
}

// match chooses by a property: pairs of value and result, then what else.
func match(property string, pairs ...any) []any {
	return append([]any{"match", get(property)}, pairs...)
}

// label is the name in the language of the map, or in the other one.
func (m *maker) label() []any {
	if m.options.English {
		return []any{"coalesce", get("name_en"), get("name"), ""}
	}
	return []any{"coalesce", get("name"), get("name_en"), ""}
}
