package style

// rings draws the ring roads: each ring its colour, its status by the line.
//
//	in operation         ━━━━━━━━━━
//	under construction   ━━━ ━━━ ━━━
//	planned              ● ● ● ● ● ●
func (m *maker) rings() []Layer {
	p := &m.palette
	width := byZoom(6, 1.6, 9, 3, 12, 5, 14, 7.5, 18, 22)
	round := map[string]any{"line-cap": "round", "line-join": "round"}
	butt := map[string]any{"line-cap": "butt", "line-join": "round"}
	stage := func(id, status string, layout map[string]any, dashes []any) Layer {
		paint := map[string]any{"line-color": p.ring(), "line-width": width}
		if dashes != nil {
			paint["line-dasharray"] = dashes
		}
		return Layer{ID: "ring_roads-" + id, Type: "line", SourceLayer: "ring_roads", Filter: is("status", status), Layout: layout, Paint: paint}
	}
	planned := stage("planned", "planned", round, []any{0, 1.9})
	planned.Paint["line-width"] = byZoom(6, 1.5, 9, 2.6, 12, 4.2, 14, 6, 18, 16)
	retired := stage("retired", "retired", butt, []any{1, 2})
	retired.Paint["line-color"] = p.retired
	return m.keep(
		Layer{
			ID: "ring_roads-casing", Type: "line", SourceLayer: "ring_roads", Filter: not(is("status", "planned")), Layout: round,
			Paint: map[string]any{"line-color": p.halo, "line-width": byZoom(6, 3, 9, 5.2, 12, 8, 14, 11, 18, 28)},
		},
		retired,
		planned,
		stage("building", "under_construction", butt, []any{2.4, 1.1}),
		stage("open", "in_operation", round, nil),
		// A line to hit with a finger, which nobody sees.
		Layer{
			ID: "ring_roads-hit", Type: "line", SourceLayer: "ring_roads",
			Paint: map[string]any{"line-color": "#000000", "line-opacity": 0, "line-width": 16},
		},
	)
}
