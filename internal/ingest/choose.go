package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
)

// chooseKey decides how features are recognised; see the package comment.
func (t *target) chooseKey(opt *Options, l *ledger) error {
	if opt.Key != "" {
		for _, s := range t.surveys {
			if err := s.choose(opt.Key); err != nil {
				return err
			}
		}
	}
	if t.base == nil {
		t.layer.Key = t.inventKey(opt, l)
	}
	for _, s := range t.surveys {
		if err := s.recognise(&t.layer, opt); err != nil {
			return err
		}
		s.keyTwice = newRepeats(s.keys[t.layer.Key])
		s.natural = newRepeats(s.keys[""])
		if s.chosen != "" {
			s.natural = newRepeats(s.keys[opt.Key])
		}
	}
	return nil
}

// recognise decides where the key of the layer comes from.
func (s *survey) recognise(layer *city.Layer, opt *Options) error {
	column := s.find(layer.Key)
	s.keyColumn = -1
	switch {
	case layer.Key == "" && s.chosen != "":
		return fmt.Errorf("%s: layer %q has no key but the ids of its features, not %q: %w", s.input.path, layer.ID, s.chosen, ErrNoKey)
	case layer.Key == "":
		s.mode = keyID
	case opt.Key != "":
		s.mode = keyNatural
		if s.chosen != "" && strings.EqualFold(s.chosen, layer.Key) {
			s.keyColumn = s.find(s.chosen)
		} else if !s.hasProperty(layer.Key) {
			s.keyColumn = column
		}
	case s.schema.Complete:
		s.mode, s.keyColumn = keyNatural, column
	case column >= 0:
		s.mode, s.keyColumn = keyProperty, column
	case layer.Key == city.PropExternalKey || strings.EqualFold(layer.Key, s.schema.Identifier):
		s.mode = keyNatural
	default:
		return fmt.Errorf("%s: layer %q is keyed by %q: %w", s.input.path, layer.ID, layer.Key, ErrNoKey)
	}
	return nil
}

// inventKey chooses the key of a new layer.
func (t *target) inventKey(opt *Options, l *ledger) string {
	if opt.Key != "" {
		return city.PropExternalKey
	}
	for _, name := range []string{city.PropExternalKey, city.PropCode} {
		present, unique := true, true
		for _, s := range t.surveys {
			present = present && s.find(name) >= 0 && !s.schema.Complete
			if check := s.keys[name]; check != nil {
				unique = unique && check.unique()
			}
		}
		if present && unique {
			return name
		}
		if present {
			l.add(t.id, t.surveys[0].input.path, feed.Problem{
				Reason: reasonKeyless, Action: feed.Noted,
				Detail: fmt.Sprintf("%q is missing or repeated on some features", name),
			})
		}
	}
	return city.PropExternalKey
}

// find returns the column of a name, or else one whose name differs by case only,
// or -1.
func (s *survey) find(name string) int {
	if c, has := s.byName[name]; has {
		return c
	}
	return slices.IndexFunc(s.columns, func(c *column) bool { return strings.EqualFold(c.name, name) })
}

// hasProperty reports that records of the file may have a property. A profile
// declares external_key, but it is the identifier by that name.
func (s *survey) hasProperty(name string) bool {
	return s.find(name) >= 0 && !(s.schema.Complete && name == city.PropExternalKey)
}

// vouched reports that the source promises that keys are unique, which it does
// for its own identifiers alone.
func (s *survey) vouched(opt *Options) bool {
	return s.schema.Complete && !s.hasProperty(opt.Key)
}

// choose finds what Options.Key means in the file: a property, or where none is
// called so, its own identifier.
func (s *survey) choose(key string) error {
	switch {
	case s.hasProperty(key):
		s.chosen = s.columns[s.find(key)].name
		return nil
	case strings.EqualFold(key, s.schema.Identifier), s.schema.Complete && key == city.PropExternalKey:
		return nil
	}
	var there []string
	for _, c := range s.columns[:min(len(s.columns), namesShown)] {
		there = append(there, strconv.Quote(c.name))
	}
	if more := len(s.columns) - namesShown; more > 0 {
		there = append(there, fmt.Sprintf("%d more", more))
	}
	if s.schema.Identifier != "" {
		there = append(there, fmt.Sprintf("%q (its own)", s.schema.Identifier))
	}
	return fmt.Errorf("%s: layer %q has no property %q but %s: %w", s.input.path, s.target.id, key, cmp.Or(strings.Join(there, ", "), "none"), ErrNoKey)
}

// namesShown is how many properties of a file a message lists.
const namesShown = 20
