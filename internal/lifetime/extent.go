package lifetime

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Extent returns the first day on which a feature of the layer is there, as a
// Window finds it, and the first on which none is any more, as valid_to says; nil
// where one feature has no such day, and the end is open. dated is false when the
// layer has neither valid_from nor valid_to, or no features. It looks at every
// feature.
func Extent(l *snapshot.Layer) (from, to *city.Day, dated bool) {
	d := Of(l, Window{Beginning, End})
	for _, as := range d.roles {
		dated = dated || as == roleFrom || as == roleTo
	}
	if l.Len() == 0 || !dated {
		return nil, nil, false
	}
	first, last := never, always
	l.All(func(f *snapshot.Feature) bool {
		one, _ := d.life(f)
		_, begin := one.start()
		first, last = min(first, begin), max(last, one.to)
		return first != always || last != never
	})
	if first != always {
		from = &first
	}
	if last != never {
		to = &last
	}
	return from, to, true
}
