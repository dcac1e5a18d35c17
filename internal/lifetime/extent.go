package lifetime

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Extent returns the first day on which a feature of the layer is there, as
// valid_from says, and the first on which none is any more, as valid_to says; nil
// where one feature has no such day, and the end is open. dated is false when the
// layer has neither property, or no features. It looks at every feature.
func Extent(l *snapshot.Layer) (from, to *city.Day, dated bool) {
	d := Of(l, Window{Beginning, End})
	var hasFrom, hasTo bool
	for _, as := range d.roles {
		hasFrom, hasTo = hasFrom || as == roleFrom, hasTo || as == roleTo
	}
	if l.Len() == 0 || !hasFrom && !hasTo {
		return nil, nil, false
	}
	first, last := city.Day(never), city.Day(always)
	openFrom, openTo := !hasFrom, !hasTo
	l.All(func(f *snapshot.Feature) bool {
		begins, ends := false, false
		for _, tag := range f.Tags() {
			as := d.roles[tag.Key]
			if as != roleFrom && as != roleTo {
				continue
			}
			day, ok := l.Table().Value(tag.Value).Day()
			switch {
			case ok && as == roleFrom:
				begins, first = true, min(first, day)
			case ok:
				ends, last = true, max(last, day)
			}
		}
		openFrom, openTo = openFrom || !begins, openTo || !ends
		return !openFrom || !openTo
	})
	if !openFrom {
		from = &first
	}
	if !openTo {
		to = &last
	}
	return from, to, true
}
